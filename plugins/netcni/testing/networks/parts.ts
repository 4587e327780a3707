import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Container, Pod, PodSpec } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { pod, secondsAgo } from '../../../../shared/testing/builders.ts';

/** Objects of sound clusters with each network plugin, as the plugins' own manifests make them. */

/** Names of the nodes that every cluster here has. */
export const NODES = ['n1', 'n2', 'n3'] as const;

const NEW_ENOUGH = '6.6.0-generic';

export interface NodeOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly reason?: string;
  readonly podCIDR?: string | null;
  readonly pods?: string;
  readonly kubelet?: string;
  readonly spec?: Node['spec'];
}

/** A Ready node `nN` with address 10.0.0.N and range 10.244.N.0/24. */
export function clusterNode(name: string, options: NodeOptions = {}): Node {
  const number = name.replace(/\D/g, '');
  const range = options.podCIDR === undefined ? `10.244.${number}.0/24` : options.podCIDR;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      creationTimestamp: secondsAgo(864_000),
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name, ...options.labels },
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    },
    spec: { ...(range === null ? {} : { podCIDR: range, podCIDRs: [range] }), ...options.spec },
    status: {
      addresses: [
        { type: 'InternalIP', address: `10.0.0.${number}` },
        { type: 'Hostname', address: name },
      ],
      allocatable: { pods: options.pods ?? '110' },
      conditions: [
        ...(options.reason === undefined
          ? []
          : [condition('NetworkUnavailable', 'False', options.reason, 'the network is up')]),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        kernelVersion: NEW_ENOUGH,
        kubeletVersion: options.kubelet ?? 'v1.34.4',
        operatingSystem: 'linux',
      },
    },
  };
}

function condition(type: string, status: string, reason: string, message: string) {
  return { type, status, reason, message, lastTransitionTime: secondsAgo(7200) };
}

/** A node whose kubelet is silent, or that lacks its network. */
export function withReady(node: Node, status: string, reason: string, message: string): Node {
  const others = (node.status?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  return {
    ...node,
    status: {
      ...node.status,
      conditions: [...others, { type: 'Ready', status, reason, message, lastTransitionTime: secondsAgo(420) }],
    },
  };
}

export interface AgentOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodes?: readonly string[];
  readonly spec?: Partial<PodSpec>;
}

/** A DaemonSet with one ready pod on each node; it tolerates everything, as agents do. */
export function agents(
  name: string,
  containers: readonly Container[],
  options: AgentOptions = {},
): readonly KubeObject[] {
  const { namespace = 'kube-system', nodes = NODES } = options;
  const labels = options.labels ?? { 'k8s-app': name };
  const spec: PodSpec = { hostNetwork: true, tolerations: [{ operator: 'Exists' }], containers, ...options.spec };
  const set: Workload = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      labels,
      generation: 1,
      creationTimestamp: secondsAgo(864_000),
    },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      updateStrategy: { type: 'RollingUpdate' },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: nodes.length,
      currentNumberScheduled: nodes.length,
      numberReady: nodes.length,
      updatedNumberScheduled: nodes.length,
    },
  };
  return [set, ...nodes.map((node) => agentPod(name, node, namespace, labels, spec))];
}

function agentPod(
  name: string,
  node: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  spec: PodSpec,
): Pod {
  const ip = `10.0.0.${node.replace(/\D/g, '')}`;
  return pod(`${name}-${node}`, {
    namespace,
    node,
    labels,
    ip,
    spec,
    containers: spec.containers ?? [],
    meta: {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name, controller: true, uid: `uid-${namespace}-${name}` },
      ],
    },
    status: { hostIP: ip },
  });
}

export function configMap(name: string, data: Readonly<Record<string, string>>, namespace = 'kube-system'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data } as KubeObject;
}

/** An object of a kind of the plugin's own. */
export function custom(apiVersion: string, kind: string, name: string, fields: object): KubeObject {
  return { apiVersion, kind, metadata: { name, creationTimestamp: secondsAgo(864_000) }, ...fields } as KubeObject;
}

/** kube-proxy as kubeadm sets it up, and the range of Services. */
export function kubeProxy(mode = 'iptables'): readonly KubeObject[] {
  return [
    ...agents('kube-proxy', [
      {
        name: 'kube-proxy',
        image: 'registry.k8s.io/kube-proxy:v1.34.4',
        command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
      },
    ]),
    configMap('kube-proxy', {
      'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nclusterCIDR: 10.244.0.0/16\nkind: KubeProxyConfiguration\nmode: "${mode}"\n`,
    }),
    custom('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', { spec: { cidrs: ['10.96.0.0/12'] } }),
  ];
}

/** Three pods of an application, one on each node, with an address of its range. */
export function appPods(
  address: (node: string, number: string) => string = (_, number) => `10.244.${number}.10`,
): readonly Pod[] {
  return NODES.map((node) => pod(`web-${node}`, { node, ip: address(node, node.replace(/\D/g, '')) }));
}

/** A pod that is bound to a node and has no network yet, made some minutes ago. */
export function waitingPod(name: string, node: string): Pod {
  return pod(name, {
    node,
    ready: false,
    meta: { creationTimestamp: secondsAgo(600) },
    status: {
      phase: 'Pending',
      podIP: '',
      podIPs: [],
      startTime: secondsAgo(600),
      conditions: [
        { type: 'PodReadyToStartContainers', status: 'False', lastTransitionTime: secondsAgo(600) },
        { type: 'Initialized', status: 'True', lastTransitionTime: secondsAgo(600) },
        { type: 'Ready', status: 'False', lastTransitionTime: secondsAgo(600) },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: secondsAgo(600) },
      ],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 0,
          image: 'example/app:1',
          state: { waiting: { reason: 'ContainerCreating' } },
        },
      ],
    },
  });
}

/** An agent's pod that crashes again and again. */
export function crashing(object: KubeObject, message: string, exitCode = 1): Pod {
  const agent = object as Pod;
  const [container] = agent.spec?.containers ?? [];
  return {
    ...agent,
    status: {
      ...agent.status,
      conditions: (agent.status?.conditions ?? []).map((one) =>
        one.type === 'Ready' || one.type === 'ContainersReady'
          ? { ...one, status: 'False', lastTransitionTime: secondsAgo(900) }
          : one,
      ),
      containerStatuses: [
        {
          name: container?.name ?? '',
          ready: false,
          restartCount: 7,
          image: container?.image ?? '',
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: {
            terminated: { exitCode, reason: 'Error', message, startedAt: secondsAgo(130), finishedAt: secondsAgo(120) },
          },
        },
      ],
    },
  };
}
