import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { pod } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { flannel } from '../networks/flannel.ts';
import { crashing, NODES } from '../networks/parts.ts';
import { joined, keptAway, type NetworkFaults, noNetwork } from './fault.ts';

const CLOUD = 'node.cloudprovider.kubernetes.io/uninitialized';

function tainted(objects: readonly KubeObject[], nodes: readonly string[], key = CLOUD): readonly KubeObject[] {
  return nodes.reduce(
    (all, name) =>
      changed<Node>(all, 'Node', name, (one) => ({
        ...one,
        spec: { ...one.spec, taints: [{ key, value: 'true', effect: 'NoSchedule' }] },
      })),
    objects,
  );
}

const manager = pod('cloud-controller-manager-x7x2k', {
  namespace: 'kube-system',
  node: 'n1',
  ip: '10.0.0.1',
  spec: { hostNetwork: true },
});

/** Taints that nodes start with, and whoever lifts them. */
export const START_TAINTS_FAULTS: NetworkFaults = {
  'any: no cloud controller manager takes the nodes in': {
    objects: () => tainted(flannel(), NODES),
    code: 'CNI215',
    words: ['nodes n1, n2 and n3 keep', CLOUD, 'the cloud controller manager', 'no pod of it is in this cluster'],
    sound: () => [joined(tainted(flannel(), ['n3']), 'n3', 60)],
  },
  'any: the cloud controller manager crashes, and one node waits': {
    objects: () => [
      ...tainted(flannel(), ['n3']),
      crashing(manager, 'F0301 11:50:12.1 could not init cloud provider "openstack": Authentication failed'),
    ],
    code: 'CNI215',
    words: ['node n3 keeps', 'kube-system/cloud-controller-manager-x7x2k does not work', 'Authentication failed'],
  },
  'any: an agent that does not tolerate the taint is a consequence of it': {
    objects: () => [...tainted(noNetwork(keptAway(flannel(), 'kube-flannel-ds', 'n2'), 'n2'), ['n2']), manager],
    code: 'CNI215',
    words: ['node n2 keeps', 'as a result:', 'does not tolerate the taint'],
  },
};
