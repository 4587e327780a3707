import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import type { Report } from '../../../shared/report/report.ts';
import {
  node,
  ownedBy,
  pod,
  type SnapshotOptions,
  secondsAgo,
  service,
  slicesFor,
  snapshotOf,
  workload,
} from '../../../shared/testing/builders.ts';
import { diagnoseDns } from '../diagnose/diagnose-dns.ts';

/** The Corefile that kubeadm writes. */
export const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const LABELS = { 'k8s-app': 'kube-dns' };
const PORTS = [
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
  { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
];

/** A DNS server of kube-system, ready unless said otherwise. */
export function server(name: string, options: Parameters<typeof pod>[1] = {}): Pod {
  return pod(name, {
    namespace: 'kube-system',
    labels: LABELS,
    meta: ownedBy('ReplicaSet', 'coredns-1a2b3c'),
    containers: [
      {
        name: 'coredns',
        image: 'registry.example/coredns:v1.12.4',
        ports: PORTS,
        resources: { limits: { memory: '170Mi' } },
      },
    ],
    ...options,
  });
}

/** The same pod in CrashLoopBackOff, with how its last run ended. */
export function crashed(
  made: Pod,
  ended: { readonly exitCode: number; readonly reason?: string } = { exitCode: 1 },
): Pod {
  const since = secondsAgo(600);
  return {
    ...made,
    status: {
      ...made.status,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }],
      containerStatuses: [
        {
          name: 'coredns',
          ready: false,
          restartCount: 7,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: { terminated: { reason: 'Error', ...ended, finishedAt: since } },
        },
      ],
    },
  };
}

export interface DnsObjects {
  readonly servers?: readonly Pod[];
  readonly replicas?: number;
  readonly corefile?: string;
  readonly service?: Partial<NonNullable<Service['spec']>>;
  /** Whose pods are endpoints; the servers unless given. */
  readonly endpoints?: readonly Pod[];
}

/** Deployment coredns, its pods, Service kube-dns with endpoints, ConfigMap coredns, two nodes: a sound cluster. */
export function dnsObjects(options: DnsObjects = {}): readonly KubeObject[] {
  const servers = options.servers ?? [server('coredns-1', { node: 'n1' }), server('coredns-2', { node: 'n2' })];
  const replicas = options.replicas ?? servers.length;
  const ready = servers.filter((one) =>
    one.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const template = {
    metadata: { labels: LABELS },
    ...(servers[0]?.spec === undefined ? {} : { spec: servers[0].spec }),
  };
  const made = workload(
    'Deployment',
    'coredns',
    LABELS,
    { replicas, template },
    { namespace: 'kube-system', labels: LABELS },
  );
  const deployment: Workload = { ...made, status: { observedGeneration: 1, replicas, readyReplicas: ready.length } };
  const dns = dnsService(options.service);
  return [
    deployment,
    dns,
    ...servers,
    ...slicesFor(dns, options.endpoints ?? servers),
    configMap('coredns', { Corefile: options.corefile ?? COREFILE }),
    node('n1'),
    node('n2'),
  ];
}

/** Service kube-dns. */
export function dnsService(spec: Partial<NonNullable<Service['spec']>> = {}): Service {
  return service(
    'kube-dns',
    {
      selector: LABELS,
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
      ...spec,
    },
    { namespace: 'kube-system', labels: LABELS },
  );
}

/** A ConfigMap of kube-system. */
export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
): KubeObject & { readonly data: typeof data } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data };
}

/** The report of `check` on a cluster of these objects. */
export function checkObjects(objects: readonly KubeObject[], options: SnapshotOptions = {}): Report {
  return diagnoseDns(createIndex(snapshotOf(objects, options)), { source: 'snapshot test' });
}

/** The codes of the causes, best first. */
export function causeCodes(report: Report): readonly string[] {
  return report.causes.map(({ code }) => code);
}

/** The log of the run before of a server. */
export function logOf(podName: string, text: string, previous = true) {
  return { namespace: 'kube-system', pod: podName, container: 'coredns', previous, text };
}
