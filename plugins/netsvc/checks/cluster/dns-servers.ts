import { clusterDnsOf } from '../../../../shared/dns/cluster-dns.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { unresolvedPods } from '../pods/dependencies/unresolved-pods.ts';

/** The DNS servers of the cluster, as far as they were read. */
export interface ClusterDns {
  readonly namespace: string;
  readonly deployment: Workload | undefined;
  readonly pods: readonly Pod[];
  readonly service: Service | undefined;
  readonly ready: number;
  readonly all: number;
}

/** The DNS servers of the cluster as netdns knows them; undefined when none were read. */
export function dnsOf(index: ClusterIndex): ClusterDns | undefined {
  return index.memo('cluster/dns', () => {
    const dns = clusterDnsOf(index);
    if (dns === undefined || (dns.workload === undefined && dns.pods.length === 0)) return undefined;
    const { namespace, pods, service, workload } = dns;
    const deployment = workload?.kind === 'Deployment' ? workload.object : undefined;
    const ready = pods.length > 0 ? pods.filter(isReady).length : (deployment?.status?.readyReplicas ?? 0);
    const all = pods.length > 0 ? pods.length : (deployment?.spec?.replicas ?? 0);
    return { namespace, deployment, pods, service, ready, all };
  });
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

/** Below what any container can do by itself. */
const ROOT = 5;

/** Without DNS, apps that tell of names which do not resolve, or that end without a word, are its consequences. */
export function beforeApps(index: ClusterIndex, subject: ServiceSubject, finding: Finding): Finding {
  const lost = unresolvedPods(index, subject);
  return lost.length === 0 ? finding : { ...finding, rung: ROOT, pods: lost, impact: 1 };
}
