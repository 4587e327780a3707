import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { pod, secondsAgo } from '../../../shared/testing/builders.ts';
import { changed } from './check-objects.ts';
import { clusterNode, type NodeOptions, withReady } from './networks/parts.ts';

type Objects = readonly KubeObject[];

/** A sound network with something added that is as sound; the plugin's own objects stay as they are. */
export type Variation = (objects: Objects) => Objects;

/** A node on which no agent of the network runs, and none should. */
function stranger(name: string, options: NodeOptions): Node {
  return clusterNode(name, { podCIDR: null, ...options });
}

/** A fourth node in the state of being added or taken away, without agents, ranges and network. */
function passing(change: (node: Node) => Node): Variation {
  return (objects) => [...objects, change(stranger('n4', { labels: { role: 'spot' } }))];
}

const NO_NETWORK =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function everyNode(change: (node: Node) => Node): Variation {
  return (objects) => objects.map((one) => (one.kind === 'Node' ? change(one as Node) : one));
}

function everySet(change: (set: Workload) => Workload): Variation {
  return (objects) => objects.map((one) => (one.kind === 'DaemonSet' ? change(one as Workload) : one));
}

function born(node: Node, seconds: number): Node {
  return { ...node, metadata: { ...node.metadata, creationTimestamp: secondsAgo(seconds) } };
}

function leaving(key: string, effect: string): (node: Node) => Node {
  return (node) => ({
    ...withReady(node, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
    spec: {
      ...node.spec,
      unschedulable: true,
      taints: [
        { key, effect },
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
      ],
    },
  });
}

/** An agent's pod in a rollout that is under way. */
function updating(pods: Objects, change: (agent: Pod) => Pod): Objects {
  return pods.map((one) =>
    one.kind === 'Pod' && one.metadata?.namespace !== 'shop' && one.metadata?.name?.endsWith('-n2') === true
      ? change(one as Pod)
      : one,
  );
}

/** What sound clusters of all sorts have, each to be held beside every network. */
export const VARIATIONS: Readonly<Record<string, Variation>> = {
  'a Windows node': (objects) => [
    ...objects,
    {
      ...stranger('win1', {
        labels: { 'kubernetes.io/os': 'windows' },
        spec: { taints: [{ key: 'os', value: 'windows', effect: 'NoSchedule' }] },
      }),
    },
  ],
  'taints of the control plane': (objects) =>
    changed<Node>(objects, 'Node', 'n1', (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata?.labels, 'node-role.kubernetes.io/control-plane': '' } },
      spec: { ...node.spec, taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    })),
  'DaemonSets for Linux only': everySet((set) => ({
    ...set,
    spec: {
      ...set.spec,
      template: {
        ...set.spec?.template,
        spec: { ...set.spec?.template?.spec, nodeSelector: { 'kubernetes.io/os': 'linux' } },
      },
    },
  })),
  'a virtual kubelet': (objects) => [
    ...objects,
    stranger('virtual-node-aci-linux', {
      labels: { type: 'virtual-kubelet' },
      spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }] },
    }),
  ],
  'an edge node of KubeEdge': (objects) => [...objects, stranger('edge-1', { kubelet: 'v1.29.5-kubeedge-v1.19.0' })],
  'a Fargate node': (objects) => [
    ...objects,
    stranger('fargate-ip-10-0-9-9.ec2.internal', {
      labels: { 'eks.amazonaws.com/compute-type': 'fargate' },
      spec: { taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }] },
    }),
    pod('fargate-app', { node: 'fargate-ip-10-0-9-9.ec2.internal', ip: '10.0.9.9' }),
  ],
  'a node that joined 20 seconds ago': passing((node) => ({
    ...withReady(born(node, 20), 'False', 'KubeletNotReady', NO_NETWORK),
    spec: { ...node.spec, taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
  })),
  'a node that joined 20 seconds ago and has not reported': passing((node) => ({
    ...born(node, 20),
    status: { addresses: [{ type: 'InternalIP', address: '10.0.0.4' }] },
  })),
  'a node the autoscaler takes away': passing(leaving('ToBeDeletedByClusterAutoscaler', 'NoSchedule')),
  'a node Karpenter takes away': passing(leaving('karpenter.sh/disrupted', 'NoSchedule')),
  'a spot node that is reclaimed': passing(leaving('aws-node-termination-handler/spot-itn', 'NoSchedule')),
  'a machine that was shut down in its cloud': passing(
    leaving('node.cloudprovider.kubernetes.io/shutdown', 'NoSchedule'),
  ),
  'a node that is being deleted': passing((node) => ({
    ...withReady(node, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
    metadata: { ...node.metadata, deletionTimestamp: secondsAgo(40), finalizers: ['karpenter.sh/termination'] },
  })),
  'a cordoned node': (objects) =>
    changed<Node>(objects, 'Node', 'n2', (node) => ({
      ...node,
      spec: {
        ...node.spec,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
      },
    })),
  'pods with hostNetwork alone': (objects) =>
    objects.filter(({ kind, metadata }) => !(kind === 'Pod' && metadata?.namespace === 'shop') && kind !== 'IPAMBlock'),
  'one node': (objects) =>
    objects
      .filter(
        (one) => !/-?n[23]$|^n[23]-/.test(one.metadata?.name ?? '') && !/^10-244-[23]-/.test(one.metadata?.name ?? ''),
      )
      .map((one) =>
        one.kind === 'DaemonSet'
          ? {
              ...one,
              status: {
                observedGeneration: 1,
                desiredNumberScheduled: 1,
                currentNumberScheduled: 1,
                numberReady: 1,
                updatedNumberScheduled: 1,
              },
            }
          : one,
      ) as Objects,
  'pods that ended and pods that are ending': (objects) => [
    ...objects,
    pod('job-1', { node: 'n1', ip: '10.244.1.10', status: { phase: 'Succeeded', podIP: '10.244.1.10' } }),
    pod('old-1', { node: 'n1', ip: '10.244.1.10', meta: { deletionTimestamp: secondsAgo(5) } }),
    pod('evicted-1', { node: 'n2', status: { phase: 'Failed', reason: 'Evicted', podIP: '', podIPs: [] } }),
  ],
  'agents that start after an update': (objects) =>
    updating(objects, (agent) => ({
      ...agent,
      metadata: { ...agent.metadata, creationTimestamp: secondsAgo(15) },
      status: {
        ...agent.status,
        conditions: (agent.status?.conditions ?? []).map((condition) => ({
          ...condition,
          status: condition.type === 'Ready' || condition.type === 'ContainersReady' ? 'False' : 'True',
          lastTransitionTime: secondsAgo(15),
        })),
        containerStatuses: (agent.status?.containerStatuses ?? []).map((status) => ({
          ...status,
          ready: false,
          state: { waiting: { reason: 'PodInitializing' } },
        })),
      },
    })),
  'agents that leave in an update': (objects) =>
    updating(objects, (agent) => ({
      ...agent,
      metadata: { ...agent.metadata, deletionTimestamp: secondsAgo(3) },
    })),
  'a second set of agents for another architecture': (objects) =>
    objects.flatMap((one) =>
      one.kind === 'DaemonSet'
        ? [
            one,
            {
              ...one,
              metadata: {
                ...one.metadata,
                name: `${one.metadata?.name ?? ''}-arm64`,
                uid: `${one.metadata?.uid}-arm64`,
              },
              spec: withSelector(one as Workload, 'arm64'),
              status: { observedGeneration: 1, desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 },
            } as KubeObject,
          ]
        : [one],
    ),
  'nodes that do not tell their conditions': everyNode((node) => ({
    ...node,
    status: { ...node.status, conditions: (node.status?.conditions ?? []).filter(({ type }) => type === 'Ready') },
  })),
};

function withSelector({ spec }: Workload, architecture: string): Workload['spec'] {
  return {
    ...spec,
    template: {
      ...spec?.template,
      spec: { ...spec?.template?.spec, nodeSelector: { 'kubernetes.io/arch': architecture } },
    },
  };
}
