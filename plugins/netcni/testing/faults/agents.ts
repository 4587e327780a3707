import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { event, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { cilium } from '../networks/cilium.ts';
import { flannel } from '../networks/flannel.ts';
import { clusterNode } from '../networks/parts.ts';
import { type NetworkFaults, sandboxFailure } from './fault.ts';

/** The agent's pod of a node is not made, because the API server takes none of them. */
function refused(): readonly KubeObject[] {
  return [
    ...changed(flannel(), 'Pod', 'kube-flannel-ds-n2', () => undefined),
    event(
      { kind: 'DaemonSet', metadata: { name: 'kube-flannel-ds', namespace: 'kube-flannel' } } as KubeObject,
      'FailedCreate',
      'Error creating: pods "kube-flannel-ds-" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
    ),
  ];
}

function evicted(objects: readonly KubeObject[], name: string): readonly KubeObject[] {
  return changed<Pod>(objects, 'Pod', name, (one) => ({
    ...one,
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: ephemeral-storage.',
      startTime: secondsAgo(7200),
    },
  }));
}

/** A node of Windows, where no agent of the Linux DaemonSet belongs. */
function windowsNode(): Node {
  const node = clusterNode('n4', { labels: { 'kubernetes.io/os': 'windows' } });
  const nodeInfo = { operatingSystem: 'windows', kernelVersion: '10.0.20348' };
  return { ...node, status: { ...node.status, nodeInfo } };
}

export const AGENTS_FAULTS: NetworkFaults = {
  'flannel: Pod Security refuses the agents': {
    objects: refused,
    code: 'CNI103',
    words: ['node n2', 'its pods are refused', 'violates PodSecurity'],
  },
  'cilium: an agent was evicted, and none took its place': {
    objects: () => evicted(cilium(), 'cilium-n2'),
    code: 'CNI103',
    words: ['node n2', 'cilium-n2 ended (Evicted', 'low on resource'],
    // One that was evicted and has a successor is past.
    sound: () => [
      [
        ...cilium(),
        ...evicted(
          cilium().filter(({ kind, metadata }) => kind === 'Pod' && metadata?.name === 'cilium-n2'),
          'cilium-n2',
        ).map((one) => ({ ...one, metadata: { ...one.metadata, name: 'cilium-former' } })),
      ],
    ],
  },
  'flannel: the network of a Windows node is gone': {
    objects: () => [
      ...flannel(),
      windowsNode(),
      ...sandboxFailure(
        'n4',
        'plugin type="win-overlay" name="vxlan0" failed (add): error while adding HostComputeEndpoint: hnsCall failed in Win32: The network was not found. (0x803b0001)',
      ),
    ],
    code: 'CNI312',
    words: ['node n4', 'Windows could not make the interface', 'network was not found'],
    sound: () => [[...flannel(), windowsNode()]],
  },
};
