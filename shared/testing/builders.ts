import { ALL_KINDS, type KindName, kindKeyOf } from '../model/kinds.ts';
import type { ClusterEvent, KubeObject, Labels, Namespace, Node, ObjectMeta } from '../model/objects.ts';
import type {
  EndpointSlice,
  Ingress,
  NetworkPolicy,
  Service,
  ServicePort,
  ServiceSpec,
} from '../model/objects-network.ts';
import type { Container, Pod, PodSpec } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { isFinished, isReady, isTerminating, podAddresses, resolveTargetPort } from '../model/pods.ts';
import { matchesLabels } from '../model/selectors.ts';
import type { Coverage, CoverageStatus, PodLog, Snapshot, ToolOutput } from '../model/snapshot.ts';

/** The moment at which all built objects are looked at. */
export const NOW = '2026-03-01T12:00:00Z';

/** ISO time so many seconds before NOW. */
export function secondsAgo(seconds: number): string {
  return new Date(Date.parse(NOW) - seconds * 1000).toISOString().replace('.000Z', 'Z');
}

type Meta = Partial<ObjectMeta>;

function meta(name: string, namespace: string | undefined, more: Meta = {}): ObjectMeta {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: `uid-${namespace ?? ''}-${name}`,
    creationTimestamp: secondsAgo(86_400),
    ...more,
  };
}

export interface PodOptions {
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly ip?: string;
  readonly node?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly containers?: readonly Container[];
  readonly spec?: Partial<PodSpec>;
  readonly meta?: Meta;
  readonly status?: Partial<NonNullable<Pod['status']>>;
  /** False: running but its container is not ready. */
  readonly ready?: boolean;
}

let nextAddress = 2;

/** A Running, Ready pod on node `n1`, as the API server would give it. */
export function pod(name: string, options: PodOptions = {}): Pod {
  const ready = options.ready ?? true;
  const containers = options.containers ?? [
    { name: 'app', image: 'example/app:1', ports: options.ports ?? [{ containerPort: 8080 }] },
  ];
  const ip = options.ip ?? `10.244.1.${nextAddress++ % 250}`;
  const since = secondsAgo(3600);
  const flag = ready ? 'True' : 'False';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, options.namespace ?? 'shop', { labels: options.labels ?? { app: 'web' }, ...options.meta }),
    spec: {
      nodeName: options.node ?? 'n1',
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      containers,
      ...options.spec,
    },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: '10.123.0.2',
      startTime: since,
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
        { type: 'Initialized', status: 'True', lastTransitionTime: since },
        { type: 'ContainersReady', status: flag, lastTransitionTime: since },
        { type: 'Ready', status: flag, lastTransitionTime: since },
      ],
      containerStatuses: containers.map((container) => ({
        name: container.name ?? '',
        ready,
        started: true,
        restartCount: 0,
        image: container.image ?? '',
        state: { running: { startedAt: since } },
      })),
      ...options.status,
    },
  };
}

/** Every Service has an address of its own, the same in every run. */
function clusterAddress(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) % 65_000;
  return `10.96.${Math.floor(hash / 250)}.${(hash % 250) + 1}`;
}

/** A ClusterIP Service of namespace `shop` selecting app=web, port 80 to 8080. */
export function service(name: string, spec: Partial<ServiceSpec> = {}, more: Meta = {}): Service {
  const address = clusterAddress(`${more.namespace ?? 'shop'}/${name}`);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(name, 'shop', more),
    spec: {
      type: 'ClusterIP',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      clusterIP: address,
      clusterIPs: [address],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ...spec,
    },
    status: { loadBalancer: {} },
  };
}

/**
 * The EndpointSlice that the controller would write for a Service and these pods: finished pods left out, one slice per
 * set of resolved ports.
 */
export function slicesFor(svc: Service, pods: readonly Pod[]): readonly EndpointSlice[] {
  const namespace = svc.metadata?.namespace ?? '';
  const name = svc.metadata?.name ?? '';
  const selector = svc.spec?.selector ?? {};
  const bySet = new Map<string, { ports: NonNullable<EndpointSlice['ports']>; pods: Pod[] }>();
  for (const candidate of pods) {
    if (candidate.metadata?.namespace !== namespace || isFinished(candidate)) continue;
    if (!matchesLabels(selector, candidate.metadata?.labels) || podAddresses(candidate).length === 0) continue;
    const ports = (svc.spec?.ports ?? []).flatMap((port: ServicePort) => {
      const number = resolveTargetPort(candidate.spec, port);
      return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP' }];
    });
    const key = JSON.stringify(ports);
    const set = bySet.get(key) ?? { ports, pods: [] as Pod[] };
    set.pods.push(candidate);
    bySet.set(key, set);
  }
  if (bySet.size === 0) bySet.set('', { ports: [], pods: [] });
  return [...bySet.values()].map((set, number) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: meta(`${name}-${number}`, namespace, {
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    }),
    ports: set.ports,
    endpoints: set.pods.map((member) => {
      const published = svc.spec?.publishNotReadyAddresses === true;
      const terminating = isTerminating(member);
      const ready = isReady(member);
      return {
        addresses: podAddresses(member).slice(0, 1),
        conditions: { ready: published || (ready && !terminating), serving: ready, terminating },
        ...(member.spec?.nodeName === undefined ? {} : { nodeName: member.spec.nodeName }),
        targetRef: {
          kind: 'Pod',
          namespace,
          name: member.metadata?.name ?? '',
          uid: member.metadata?.uid ?? '',
        },
      };
    }),
  }));
}

/** A Deployment of namespace `shop` with the given template labels. */
export function deployment(
  name: string,
  labels: Labels = { app: 'web' },
  spec: Partial<NonNullable<Workload['spec']>> = {},
  more: Meta = {},
): Workload {
  return workload('Deployment', name, labels, spec, more);
}

/** Any workload kind of apps/v1 with the given template labels. */
export function workload(
  kind: string,
  name: string,
  labels: Labels,
  spec: Partial<NonNullable<Workload['spec']>> = {},
  more: Meta = {},
): Workload {
  const replicas = spec.replicas ?? 1;
  return {
    apiVersion: kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: meta(name, 'shop', { generation: 1, labels, ...more }),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }] },
      },
      ...spec,
    },
    status: {
      observedGeneration: 1,
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      updatedReplicas: replicas,
    },
  };
}

/** The controller reference that makes `owner` own an object. */
export function ownedBy(kind: string, name: string): Meta {
  return { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `uid-shop-${name}`, controller: true }] };
}

export function namespace(name: string, labels: Labels = {}): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: meta(name, undefined, { labels: { 'kubernetes.io/metadata.name': name, ...labels } }),
    status: { phase: 'Active' },
  };
}

/** A Ready node in zone `z1`. */
export function node(name: string, ready = true, more: Partial<Node> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(name, undefined, {
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'z1' },
    }),
    spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
    status: {
      addresses: [{ type: 'InternalIP', address: '10.123.0.2' }],
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'Unknown',
          reason: ready ? 'KubeletReady' : 'NodeStatusUnknown',
          lastTransitionTime: secondsAgo(600),
        },
      ],
    },
    ...more,
  };
}

export function networkPolicy(name: string, spec: NonNullable<NetworkPolicy['spec']>, more: Meta = {}): NetworkPolicy {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: meta(name, 'shop', more), spec };
}

export function ingress(name: string, spec: NonNullable<Ingress['spec']>, more: Meta = {}): Ingress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta(name, 'shop', more),
    spec,
    status: { loadBalancer: {} },
  };
}

/** A core/v1 Event about an object. */
export function event(
  about: KubeObject,
  reason: string,
  message: string,
  more: Partial<Pick<ClusterEvent, 'type' | 'count' | 'firstSeen' | 'lastSeen'>> & { readonly fieldPath?: string } = {},
): KubeObject {
  const { name = '', namespace: ns = 'default', uid = '' } = about.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`${name}.${reason}.${message.length}`, ns),
    involvedObject: {
      kind: about.kind ?? '',
      namespace: ns,
      name,
      uid,
      apiVersion: about.apiVersion ?? 'v1',
      ...(more.fieldPath === undefined ? {} : { fieldPath: more.fieldPath }),
    },
    reason,
    message,
    type: more.type ?? 'Warning',
    count: more.count ?? 3,
    firstTimestamp: more.firstSeen ?? secondsAgo(600),
    lastTimestamp: more.lastSeen ?? secondsAgo(30),
    source: { component: 'kubelet' },
  } as KubeObject;
}

export interface SnapshotOptions {
  /** Kinds that were not read, with the status to record; all other kinds are `ok`. */
  readonly except?: Readonly<Partial<Record<KindName, CoverageStatus>>>;
  /** Kinds that were read in part: of one namespace, or of a subset such as `name=web`. */
  readonly only?: Readonly<Partial<Record<KindName, Partial<Pick<Coverage, 'namespace' | 'subset'>>>>>;
  readonly logs?: readonly PodLog[];
  readonly tools?: readonly ToolOutput[];
  readonly takenAt?: string;
  /** The facts name no time of their own. */
  readonly orLater?: true;
  readonly serverVersion?: string;
}

/** A snapshot of exactly these objects (of an operator's kind too), in which every kind was read unless said otherwise. */
export function snapshotOf(objects: readonly KubeObject[], options: SnapshotOptions = {}): Snapshot {
  const byKind: Partial<Record<KindName, KubeObject[]>> = {};
  const others: Record<string, KubeObject[]> = {};
  for (const object of objects) {
    const key = kindKeyOf(object.apiVersion, object.kind);
    if (key === undefined) {
      const group = object.apiVersion?.split('/')[0] ?? '';
      if (!group.includes('.')) throw new Error(`unknown kind ${object.apiVersion} ${object.kind}`);
      others[`${group}/${object.kind}`] = [...(others[`${group}/${object.kind}`] ?? []), object];
      continue;
    }
    let list = byKind[key];
    if (list === undefined) {
      list = [];
      byKind[key] = list;
    }
    list.push(object);
  }
  const coverage: Coverage[] = ALL_KINDS.map((kind) => {
    const status = options.except?.[kind] ?? 'ok';
    return {
      kind,
      namespace: '*',
      status,
      ...(status === 'ok' ? {} : { reason: status === 'forbidden' ? `forbidden: list ${kind}` : `${kind}: ${status}` }),
      ...options.only?.[kind],
    };
  });
  for (const kind of Object.keys(options.except ?? {}) as KindName[]) delete byKind[kind];
  return {
    takenAt: options.takenAt ?? NOW,
    ...(options.orLater === undefined ? {} : { orLater: options.orLater }),
    source: { type: 'snapshot', name: 'test' },
    serverVersion: options.serverVersion ?? 'v1.34.4',
    objects: byKind as Snapshot['objects'],
    ...(Object.keys(others).length === 0 ? {} : { others }),
    coverage,
    logs: options.logs ?? [],
    tools: options.tools ?? [],
    problems: [],
  };
}
