import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod, Service, Workload } from '../../../../shared/model/objects.ts';
import { isFinished, isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { endpointRows, selectorOf, slicesOf } from '../../../../shared/model/services.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type SickPod, sickEvidence, sicknessOf } from './system-pods.ts';

/** The DNS servers of the cluster, as far as they were read. */
interface ClusterDns {
  readonly namespace: string;
  readonly deployment: Workload | undefined;
  readonly pods: readonly Pod[];
  readonly service: Service | undefined;
  readonly ready: number;
  readonly all: number;
}

/** Both names of the cluster's DNS Service carry this label in nearly every distribution. */
const LABEL = 'k8s-app';
const VALUES = new Set(['kube-dns', 'coredns']);

function dnsOf(index: ClusterIndex): ClusterDns | undefined {
  return index.memo('cluster/dns', () => {
    const deployment = index
      .list('Deployment')
      .find((entry) => isDns(entry.metadata?.labels) || /^(rke2-)?(coredns|kube-dns)$/.test(nameOf(entry)));
    const pods = index.list('Pod').filter((pod) => isDns(pod.metadata?.labels) && !isFinished(pod));
    const service = index.list('Service').find((entry) => isDns(entry.metadata?.labels) && servesDns(entry));
    const [first] = pods;
    if (deployment === undefined && first === undefined) return undefined;
    const namespace = namespaceOf(deployment ?? first ?? {});
    const own = pods.filter((pod) => namespaceOf(pod) === namespace);
    const ready = own.length > 0 ? own.filter(isReady).length : (deployment?.status?.readyReplicas ?? 0);
    const all = own.length > 0 ? own.length : (deployment?.spec?.replicas ?? 0);
    return { namespace, deployment, pods: own, service, ready, all };
  });
}

function isDns(labels: Readonly<Record<string, string>> | undefined): boolean {
  return VALUES.has(labels?.[LABEL] ?? '') || labels?.['app.kubernetes.io/name'] === 'coredns';
}

function servesDns(service: Service): boolean {
  return (service.spec?.ports ?? []).some((port) => port.port === 53);
}

/** The DNS Service itself is judged like any other; that it is down is then no news. */
function asksForDns(index: ClusterIndex, subject: ServiceSubject): boolean {
  const dns = dnsOf(index);
  if (dns === undefined || dns.namespace !== subject.namespace) return false;
  return (
    subject.selector !== undefined &&
    dns.pods.some((pod) => matchesLabels(subject.selector ?? {}, pod.metadata?.labels))
  );
}

/** No DNS server is ready: no name resolves, whatever the state of the Service behind it. */
export const clusterDnsDown = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-dns-down',
  group: 'cluster',
  needs: [],
  uses: ['Deployment', 'Pod', 'Service', 'EndpointSlice'],
  run: (subject, { index, now }) => {
    const dns = dnsOf(index);
    if (dns === undefined || asksForDns(index, subject)) return [];
    const sick = dns.pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []);
    if (dns.ready > 0) return dns.ready < dns.all && sick.length > 0 ? [partly(dns, sick, now)] : [];
    const stopped = dns.deployment?.spec?.replicas === 0;
    // Pods that have only just started are on their way.
    if (!stopped && dns.pods.length > 0 && sick.length === 0) return [];
    const ref = dnsRef(dns);
    return [
      clusterMessages.SVC803.raise({
        subject: ref,
        args: {
          dns: formatRef(ref),
          why: stopped ? 'it is scaled to 0' : `0 of ${dns.all} pods ready${reasonIn(sick)}`,
        },
        impact: 0.9,
        evidence: [...replicaEvidence(dns, ref), ...sick.slice(0, 3).map((pod) => sickEvidence(pod, now))],
        fixes: downFixes(dns, sick, stopped),
      }),
    ];
  },
});

/** DNS servers are ready, but the Service in front of them leads to none, or is not there. */
export const clusterDnsService = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-dns-service',
  group: 'cluster',
  needs: [],
  uses: ['Deployment', 'Pod', 'Service', 'EndpointSlice'],
  run: (subject, { index }) => {
    const dns = dnsOf(index);
    if (dns === undefined || dns.ready === 0 || asksForDns(index, subject)) return [];
    const { service, namespace } = dns;
    if (service === undefined) {
      const selecting = index.list('Service', namespace).some((entry) => {
        const selector = selectorOf(entry);
        return selector !== undefined && dns.pods.some((pod) => matchesLabels(selector, pod.metadata?.labels));
      });
      if (selecting || !isProvenAbsent(index, 'Service', namespace, 'kube-dns')) return [];
      return [
        raiseService(dns, 'does not exist', [
          { fact: 'there is no Service kube-dns', source: `Services of namespace ${namespace}` },
        ]),
      ];
    }
    const { status } = index.seen('EndpointSlice', namespaceOf(service));
    if (status !== 'ok' || slicesOf(index, service).length === 0) return [];
    const rows = endpointRows(index, service);
    if (rows.some((row) => row.ready)) return [];
    return [
      raiseService(dns, 'has no ready endpoint', [
        {
          fact: `0 of ${rows.length} endpoints ready`,
          source: `EndpointSlices of ${formatRef(refOf(service, 'Service'))}`,
        },
      ]),
    ];
  },
});

function raiseService(dns: ClusterDns, what: string, evidence: readonly Evidence[]) {
  const name = dns.service === undefined ? 'kube-dns' : nameOf(dns.service);
  const namespace = dns.service === undefined ? dns.namespace : namespaceOf(dns.service);
  return clusterMessages.SVC804.raise({
    subject: { kind: 'Service', namespace, name },
    args: { name, namespace, what, ready: dns.ready },
    confidence: dns.service === undefined ? 'likely' : 'proven',
    impact: 0.9,
    evidence: [...evidence, { fact: `${dns.ready} DNS pods are ready`, source: `pods of namespace ${dns.namespace}` }],
  });
}

function partly(dns: ClusterDns, sick: readonly SickPod[], now: number) {
  const ref = dnsRef(dns);
  return clusterMessages.SVC810.raise({
    subject: ref,
    args: { dns: formatRef(ref), ready: dns.ready, all: dns.all, reason: sick[0]?.reason ?? 'not ready' },
    evidence: sick.slice(0, 3).map((pod) => sickEvidence(pod, now)),
  });
}

function dnsRef(dns: ClusterDns): Ref {
  return dns.deployment === undefined
    ? { kind: 'Pod', namespace: dns.namespace, name: nameOf(dns.pods[0] ?? {}) }
    : refOf(dns.deployment, 'Deployment');
}

function replicaEvidence(dns: ClusterDns, ref: Ref): readonly Evidence[] {
  if (dns.deployment === undefined) return [];
  const { replicas } = dns.deployment.spec ?? {};
  return [
    {
      fact: `${dns.deployment.status?.readyReplicas ?? 0} of ${replicas ?? 1} replicas ready`,
      source: `${formatRef(ref)} status`,
    },
  ];
}

function reasonIn(sick: readonly SickPod[]): string {
  const [first] = sick;
  if (first === undefined) return '';
  return ` (${first.reason}${first.message === '' ? '' : `: ${first.message}`})`;
}

function downFixes(dns: ClusterDns, sick: readonly SickPod[], stopped: boolean): readonly Fix[] {
  const { namespace } = dns;
  if (stopped) {
    const name = nameOf(dns.deployment ?? {});
    return [
      {
        title: 'start the DNS servers again',
        command: `kubectl scale deployment ${name} -n ${namespace} --replicas=2`,
        risk: 'low',
        undo: `kubectl scale deployment ${name} -n ${namespace} --replicas=0`,
      },
    ];
  }
  const [first] = sick;
  if (first === undefined) {
    return [
      {
        title: 'look at the DNS pods',
        command: `kubectl get pods -n ${namespace} -l k8s-app=kube-dns -o wide`,
        risk: 'none',
      },
    ];
  }
  return [
    {
      title: 'read why it stops',
      command: `kubectl logs ${first.name} -n ${namespace} --previous --tail=20`,
      risk: 'none',
    },
    {
      title: 'see what happens to the pod',
      command: `kubectl describe pod ${first.name} -n ${namespace}`,
      risk: 'none',
    },
  ];
}
