import type { KubeObject } from '../../../../shared/model/objects.ts';
import { event, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { antrea, kindnet, kubenet, kubeOvn, kubeRouter, ovn, weave } from '../networks/others.ts';
import { custom } from '../networks/parts.ts';
import { agentCrashes, annotated, call, keptAway, type NetworkFaults, ranged, sandboxFailure, told } from './fault.ts';

/** The route controller of the cloud could not write the route of n3, so many seconds ago. */
function routeRefused(seconds: number): readonly KubeObject[] {
  const objects = kubenet();
  const node = objects.find((one) => one.kind === 'Node' && one.metadata?.name === 'n3');
  const said =
    'Could not create route 5f3c 10.244.3.0/24 for node n3 after 62.4ms: RouteLimitExceeded: The route table has exceeded the limit of routes';
  return [
    ...objects,
    event(node ?? {}, 'FailedToCreateRoute', said, {
      firstSeen: secondsAgo(seconds + 600),
      lastSeen: secondsAgo(seconds),
    }),
  ];
}

/** OVN behind Multus, and a range for an additional network that these pods hold addresses of. */
function whereabouts(holders: readonly string[]): readonly KubeObject[] {
  const allocations = Object.fromEntries(holders.map((name, at) => [at + 1, { id: 'x', podref: `shop/${name}` }]));
  const pool = custom('whereabouts.cni.cncf.io/v1alpha1', 'IPPool', '192.168.9.0-29', {
    spec: { range: '192.168.9.0/29', allocations },
  });
  return [...ovn(), { ...pool, metadata: { ...pool.metadata, namespace: 'kube-system' } }];
}

export const OTHERS_FAULTS: NetworkFaults = {
  'weave: agent does not answer': {
    objects: () => [
      ...agentCrashes(
        weave(),
        'weave-net',
        'n2',
        'FATA: [kube-peers] Could not get peers: Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: i/o timeout',
      ),
      ...sandboxFailure(
        'n2',
        `${call('weave-net', 'weave')}unable to allocate IP address: Post "http://127.0.0.1:6784/ip/0f3c": dial tcp 127.0.0.1:6784: connect: connection refused`,
      ),
    ],
    code: 'CNI104',
    words: ['n2', 'cannot reach the API server'],
  },
  'weave: range of Services in that of pods': {
    objects: () =>
      changed(
        weave(),
        'ServiceCIDR',
        'kubernetes',
        (one) => ({ ...one, spec: { cidrs: ['10.40.0.0/16'] } }) as KubeObject,
      ),
    code: 'CNI314',
    words: ['10.40.0.0/16', '10.32.0.0/12'],
  },
  'antrea: Open vSwitch does not answer': {
    objects: () =>
      changed(
        antrea(),
        'AntreaAgentInfo',
        'n1',
        (one) =>
          ({
            ...one,
            agentConditions: [
              { type: 'AgentHealthy', status: 'True' },
              { type: 'OVSDBConnectionUp', status: 'False', message: 'connection refused' },
            ],
          }) as KubeObject,
      ),
    code: 'CNI701',
    words: ['n1', 'OVSDBConnectionUp'],
  },
  'antrea: agent missing': {
    objects: () => keptAway(antrea(), 'antrea-agent', 'n2'),
    code: 'CNI103',
    words: ['n2', 'Antrea'],
  },
  'kindnet: agent crashes': {
    objects: () =>
      agentCrashes(
        kindnet(),
        'kindnet',
        'n1',
        'panic: Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: connect: no route to host',
      ),
    code: 'CNI104',
    words: ['n1', 'API server'],
  },
  'kindnet: program missing': {
    objects: () => [
      ...kindnet(),
      ...sandboxFailure('n2', `${call('ptp', 'kindnet')}failed to find plugin "ptp" in path [/opt/cni/bin]`),
    ],
    code: 'CNI312',
    words: ['n2', 'program of the plugin'],
  },
  'kube-router: agent crashes': {
    objects: () =>
      agentCrashes(
        kubeRouter(),
        'kube-router',
        'n3',
        'Failed to run kube-router: could not get pod CIDR: node.Spec.PodCIDR is not set for node',
      ),
    code: 'CNI104',
    words: ['n3', 'kube-router'],
  },
  'kube-router: node without range': {
    objects: () => ranged(kubeRouter(), 'n3', undefined),
    code: 'CNI301',
    words: ['n3'],
  },
  'ovn: node without subnet': {
    objects: () => annotated(ovn(), 'n2', () => ({})),
    code: 'CNI708',
    words: ['n2'],
  },
  'ovn: operator degraded': {
    objects: () =>
      changed(
        ovn(),
        'ClusterOperator',
        'network',
        (one) =>
          ({
            ...one,
            status: {
              conditions: [
                { type: 'Available', status: 'True' },
                {
                  type: 'Degraded',
                  status: 'True',
                  reason: 'RolloutHung',
                  message: 'DaemonSet "/openshift-ovn-kubernetes/ovnkube-node" rollout is not making progress',
                },
              ],
            },
          }) as KubeObject,
      ),
    code: 'CNI702',
    words: ['RolloutHung'],
  },
  'ovn: additional network missing': {
    objects: () => [
      ...ovn(),
      ...sandboxFailure(
        'n1',
        `${call('multus-shim', 'multus-cni-network')}CNI request failed with status 400: cannot find a network-attachment-definition (storage) in namespace (shop): network-attachment-definitions.k8s.cni.cncf.io "storage" not found`,
      ).map((one) =>
        one.kind === 'Pod'
          ? { ...one, metadata: { ...one.metadata, annotations: { 'k8s.v1.cni.cncf.io/networks': 'storage' } } }
          : one,
      ),
    ],
    code: 'CNI704',
    words: ['storage', 'does not exist'],
  },
  'kube-ovn: subnet nearly used up': {
    objects: () => kubeOvn(8, 250),
    code: 'CNI703',
    words: ['Subnet ovn-default', '250 of 258'],
    sound: () => [kubeOvn(240, 14)],
  },
  'kube-ovn: subnet used up, and the controller says so of a pod': {
    objects: () => [
      ...kubeOvn(0, 253),
      ...told('n1', 'AcquireAddressFailed', 'stage=acquireAddress error=NoAvailableAddress'),
    ],
    code: 'CNI703',
    words: ['Subnet ovn-default', '253 of 253'],
  },
  'kube-ovn: the address that a pod asks for is taken': {
    objects: () => [...kubeOvn(), ...told('n1', 'AcquireAddressFailed', 'stage=acquireAddress error=AddressConflict')],
    code: 'CNI312',
    words: ['shop/api-1', 'the address that the pod asks for is taken'],
  },
  'whereabouts: a range is held by pods that are gone': {
    objects: () => [
      ...whereabouts(['gone-1', 'gone-2', 'web-n1', 'web-n2', 'web-n3', 'gone-3']),
      ...sandboxFailure(
        'n1',
        `${call('multus-shim', 'multus-cni-network')}error adding container to network "storage": error at storage engine: Could not allocate IP in range: ip: 192.168.9.1 / - 192.168.9.6 / range: 192.168.9.0/29`,
      ),
    ],
    code: 'CNI703',
    words: ['IPPool 192.168.9.0-29 has given out 6 of 6 addresses, 3 of them to pods that are gone'],
    sound: () => [whereabouts(['web-n1', 'web-n2', 'web-n3'])],
  },
  'kubenet: the cloud cannot make a route': {
    objects: () => routeRefused(120),
    code: 'CNI709',
    words: ['n3', 'exceeded the limit of routes', 'FailedToCreateRoute'],
    sound: () => [kubenet(), routeRefused(7200)],
  },
};
