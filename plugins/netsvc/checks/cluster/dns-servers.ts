import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { isFinished, isReady } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** The DNS servers of the cluster, as far as they were read. */
export interface ClusterDns {
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

/** The DNS servers of the cluster; undefined when nothing of them was read. */
export function dnsOf(index: ClusterIndex): ClusterDns | undefined {
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
export function asksForDns(index: ClusterIndex, subject: ServiceSubject): boolean {
  const dns = dnsOf(index);
  if (dns === undefined || dns.namespace !== subject.namespace) return false;
  return (
    subject.selector !== undefined &&
    dns.pods.some((pod) => matchesLabels(subject.selector ?? {}, pod.metadata?.labels))
  );
}
