import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import { pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { calico, calicoBlock } from '../networks/calico.ts';
import { flannel } from '../networks/flannel.ts';
import { configMap, custom, waitingPod } from '../networks/parts.ts';
import { type NetworkFaults, ranged, withSpec } from './fault.ts';

/** So many more pods on n2, with addresses that are free there. */
function filled(objects: readonly KubeObject[], count: number): readonly KubeObject[] {
  return [
    ...objects,
    ...Array.from({ length: count }, (_, at) =>
      pod(`more-${at}`, { node: 'n2', ip: `10.244.2.${at < 8 ? at + 2 : at + 3}` }),
    ),
  ];
}

/** n2 with a range of 61 addresses and a kubelet that takes so many pods. */
function small(maxPods: string): readonly KubeObject[] {
  return changed<Node>(ranged(flannel(), 'n2', '10.244.2.0/26'), 'Node', 'n2', (one) => ({
    ...one,
    status: { ...one.status, allocatable: { pods: maxPods } },
  }));
}

/** A block of n2 with so many addresses of pods that are not there, given out so many seconds ago. */
function leaking(count: number, seconds: number): readonly KubeObject[] {
  const gone = Array.from({ length: count }, (_, at) => ({
    handle_id: `k8s-pod-network.gone-${at}`,
    secondary: { namespace: 'batch', node: 'n2', pod: `job-${at}`, timestamp: secondsAgo(seconds) },
  }));
  return withSpec(calico(), 'IPAMBlock', '10-244-2-0-26', {
    allocations: Array.from({ length: 64 }, (_, at) => (at < count + 1 ? at : null)),
    attributes: [
      { handle_id: 'k8s-pod-network.n2', secondary: { namespace: 'shop', node: 'n2', pod: 'web-n2' } },
      ...gone,
    ],
  });
}

function twoRanges(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  const number = node.slice(1);
  return withSpec(objects, 'Node', node, { podCIDRs: [`10.244.${number}.0/24`, `fd00:10:244:${number}::/64`] });
}

const nodesDual = (): readonly KubeObject[] => ['n1', 'n2', 'n3'].reduce(twoRanges, flannel());
const bothInFlannel = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  changed(objects, 'ConfigMap', 'kube-flannel-cfg', () =>
    configMap(
      'kube-flannel-cfg',
      { 'net-conf.json': '{"Network":"10.244.0.0/16","IPv6Network":"fd00:10:244::/56","Backend":{"Type":"vxlan"}}' },
      'kube-flannel',
    ),
  );
const allDual = (): readonly KubeObject[] => bothInFlannel(nodesDual());
const dualServices = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  withSpec(objects, 'ServiceCIDR', 'kubernetes', { cidrs: ['10.96.0.0/12', 'fd00:10:96::/112'] });

/** Addresses and ranges, whatever the plugin. */
export const ADDRESSES_FAULTS: NetworkFaults = {
  'addresses: a node nearly full': {
    objects: () => filled(small('110'), 52),
    code: 'CNI305',
    words: ['n2', '53 of 61', '86 %'],
    sound: () => [
      // The kubelet stops before the addresses do.
      filled(small('60'), 52),
      // Many pods in a range of the usual size.
      filled(flannel(), 100),
    ],
  },
  'addresses: a range smaller than maxPods': {
    objects: () => small('110'),
    code: 'CNI306',
    words: ['n2', '110 pods', 'addresses for 61'],
    sound: () => [small('63'), flannel()],
  },
  'addresses: leaked in blocks': {
    objects: () => leaking(30, 7200),
    code: 'CNI310',
    words: ['30 pod addresses', 'n2', 'batch/job-0', '10.244.2.1'],
    // Addresses of pods that ended a moment ago.
    sound: () => [leaking(30, 60)],
  },
  'addresses: a block of a node that is gone': {
    objects: () => [...calico(), calicoBlock('n9', 0)],
    code: 'CNI311',
    words: ['node n9', '10.244.9.0/26', 'does not exist'],
    sound: () => [
      // Of nobody, and of a load balancer.
      [
        ...calico(),
        ...[null, 'virtual:load-balancer'].map((affinity, at) =>
          custom('crd.projectcalico.org/v1', 'IPAMBlock', `free-${at}`, {
            spec: { cidr: `10.244.20${at}.0/26`, affinity, allocations: [], attributes: [] },
          }),
        ),
      ],
    ],
  },
  'addresses: one block of many of a node that has just gone': {
    objects: () => [
      ...calico(),
      calicoBlock('n9', 0),
      ...Array.from({ length: 30 }, (_, at) => calicoBlock('n1', 0, `10.244.${at + 50}.0/26`)),
    ],
    code: 'CNI311',
    words: ['node n9', '10.244.9.0/26'],
    note: true,
  },
  'addresses: one node without its second range': {
    objects: () => ['n1', 'n2'].reduce(twoRanges, flannel()),
    code: 'CNI315',
    words: ['n3', 'one family only', 'fd00:10:244:1::/64'],
    sound: () => [dualServices(allDual()), allDual()],
  },
  'addresses: Flannel serves one of the two families of the nodes': {
    objects: () => dualServices(nodesDual()),
    code: 'CNI315',
    words: ['Flannel serves IPv4 only', 'fd00:10:244:1::/64', '10.244.0.0/16'],
  },
  'addresses: Flannel is to serve a family that nodes lack': {
    objects: () => bothInFlannel(flannel()),
    code: 'CNI315',
    words: ['Flannel is set up for both families', 'nodes have podCIDRs of one'],
  },
  'addresses: Services of two families, and pools of one': {
    objects: () => dualServices(calico()),
    code: 'CNI315',
    words: ['Calico serves IPv4 only', 'fd00:10:96::/112'],
    sound: () => [
      dualServices([
        ...calico(),
        custom('crd.projectcalico.org/v1', 'IPPool', 'default-ipv6-ippool', {
          spec: { cidr: 'fd00:10:244::/48', blockSize: 122 },
        }),
      ]),
    ],
  },
  'addresses: Services of two families over pods of one': {
    objects: () => dualServices(flannel()),
    code: 'CNI315',
    words: ['Services have ranges of both families', 'fd00:10:96::/112', '10.244.1.0/24'],
    sound: () => [
      // All nodes joined a minute ago, and have both ranges.
      dualServices(allDual()).map((object) =>
        object.kind === 'Node'
          ? { ...object, metadata: { ...object.metadata, creationTimestamp: secondsAgo(60) } }
          : object,
      ),
    ],
  },
  'addresses: pods hang and nobody says why': {
    objects: () => [...flannel(), waitingPod('api-1', 'n2'), waitingPod('api-2', 'n2')],
    code: 'CNI316',
    words: ['shop/api-1 and shop/api-2', 'n2', '1 of 253'],
    sound: () => [
      // Made a moment ago.
      [
        ...flannel(),
        { ...waitingPod('api-1', 'n2'), status: { ...waitingPod('api-1', 'n2').status, startTime: secondsAgo(20) } },
      ],
    ],
  },
};
