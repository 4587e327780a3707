import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { event, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { cilium } from '../networks/cilium.ts';
import { eksOfAllSorts } from '../networks/clouds.ts';
import { flannel } from '../networks/flannel.ts';
import { kubeOvnWhole } from '../networks/others.ts';
import { agents, clusterNode } from '../networks/parts.ts';
import { agentCrashes, call, keptAway, type NetworkFaults, sandboxFailure } from './fault.ts';

const withEnvoy = (): readonly KubeObject[] => [
  ...cilium(true),
  ...agents('cilium-envoy', [{ name: 'cilium-envoy', image: 'quay.io/cilium/cilium-envoy:v1.31' }]),
];

/** An older Flannel, as it was installed before it had a namespace of its own. */
const secondFlannel = (nodes: readonly string[]): readonly KubeObject[] =>
  agents('kube-flannel-ds', [{ name: 'kube-flannel', image: 'quay.io/coreos/flannel:v0.14.0' }], {
    labels: { app: 'flannel' },
    nodes,
  });

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
  'flannel: an update brings an image that is nowhere': {
    objects: () =>
      changed<Pod>(flannel(), 'Pod', 'kube-flannel-ds-n2', (one) => ({
        ...one,
        spec: {
          ...one.spec,
          containers: (one.spec?.containers ?? []).map((own) => ({ ...own, image: 'registry.example.com/flannel:v9' })),
        },
        status: {
          ...one.status,
          conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(30) }],
          containerStatuses: [
            {
              name: 'kube-flannel',
              image: 'registry.example.com/flannel:v9',
              ready: false,
              restartCount: 0,
              state: {
                waiting: {
                  reason: 'ErrImagePull',
                  message:
                    'failed to pull and unpack image "registry.example.com/flannel:v9": failed to resolve reference "registry.example.com/flannel:v9": dial tcp: lookup registry.example.com: no such host',
                },
              },
            },
          ],
        },
      })),
    code: 'CNI104',
    words: ['n2', 'ErrImagePull; its image registry.example.com/flannel:v9 cannot be had', 'no such host'],
  },
  'flannel: an agent that ends at once, seen between two tries': {
    objects: () =>
      changed<Pod>(flannel(), 'Pod', 'kube-flannel-ds-n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(20) }],
          containerStatuses: [
            {
              name: 'kube-flannel',
              ready: false,
              restartCount: 2,
              state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: secondsAgo(1) } },
              lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: secondsAgo(15) } },
            },
          ],
        },
      })),
    code: 'CNI104',
    words: ['n2', 'exit code 1'],
  },
  'flannel: its ConfigMap is gone, and an agent waits for it': {
    objects: () => {
      const waiting = changed<Pod>(flannel(), 'Pod', 'kube-flannel-ds-n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          phase: 'Pending',
          conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(20) }],
          containerStatuses: [
            { name: 'kube-flannel', ready: false, state: { waiting: { reason: 'PodInitializing' } } },
          ],
        },
      }));
      const agent = waiting.find(({ metadata }) => metadata?.name === 'kube-flannel-ds-n2');
      const said = 'MountVolume.SetUp failed for volume "flannel-cfg" : configmap "kube-flannel-cfg" not found';
      return agent === undefined ? [] : [...waiting, event(agent, 'FailedMount', said)];
    },
    code: 'CNI104',
    words: ['n2', 'a Secret or ConfigMap that it mounts does not exist', 'kube-flannel-cfg'],
  },
  'eks: a hybrid node without a network of its own': {
    objects: () =>
      eksOfAllSorts().filter(({ kind, metadata }) => !/^cilium/.test(metadata?.name ?? '') && kind !== 'CiliumNode'),
    code: 'CNI103',
    words: ['n8', 'Hybrid Nodes are for Cilium or Calico'],
    sound: () => [eksOfAllSorts()],
  },
  'kube-ovn: Open vSwitch does not work on a node': {
    objects: () => [
      ...agentCrashes(kubeOvnWhole(), 'ovs-ovn', 'n2', 'ovs-vswitchd is not running: database connection failed'),
      ...sandboxFailure(
        'n2',
        `${call('kube-ovn', 'kube-ovn')}RPC failed; request ip return 500 configure nic failed ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)`,
      ),
    ],
    code: 'CNI104',
    words: ['the Open vSwitch agent does not work on node n2', 'Open vSwitch does not work on the node'],
  },
  'kube-ovn: Open vSwitch is not on a node': {
    objects: () => keptAway(kubeOvnWhole(), 'ovs-ovn', 'n2'),
    code: 'CNI103',
    words: ['Open vSwitch has no agent on node n2', 'dedicated=gpu'],
  },
  'cilium: its Envoy crashes': {
    objects: () => agentCrashes(withEnvoy(), 'cilium-envoy', 'n2', '[critical][main] error initializing: cannot bind'),
    code: 'CNI104',
    words: ['the Cilium Envoy agent does not work on node n2'],
    sound: () => [withEnvoy()],
  },
  'flannel: installed twice, in two namespaces': {
    objects: () => [...flannel(), ...secondFlannel(['n1', 'n2', 'n3'])],
    code: 'CNI102',
    words: ['kube-flannel/kube-flannel-ds', 'kube-system/kube-flannel-ds', 'pods of both on 3 nodes'],
    // Each on nodes of its own, and another program under the same label.
    sound: () => [
      [...flannel().filter(({ metadata }) => metadata?.name !== 'kube-flannel-ds-n3'), ...secondFlannel(['n3'])],
      [
        ...flannel(),
        ...agents('exporter', [{ name: 'e', image: 'example/exporter:1' }], { labels: { app: 'flannel' } }),
      ],
    ],
  },
};
