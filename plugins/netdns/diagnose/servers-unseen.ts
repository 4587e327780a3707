import { isServedElsewhere } from '../../../shared/dns/cluster-dns.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { dnsSubject } from '../dns-subject.ts';

/** Why nothing sure can be said of the DNS servers; undefined when their Service and the servers behind it were seen. */
export function serversUnseen(index: ClusterIndex): string | undefined {
  const { dns, namespace } = dnsSubject(index, undefined);
  if (dns !== undefined && isServedElsewhere(dns)) return undefined;
  const services = index.seen('Service', namespace);
  const pods = index.seen('Pod', namespace);
  if (dns === undefined) {
    const blind = [services, pods].find(({ status }) => status !== 'ok');
    return blind?.reason ?? 'nothing of the DNS servers is in sight';
  }
  if (dns.service === undefined && !(services.status === 'ok' && services.whole)) return services.reason;
  const { observedGeneration, desiredNumberScheduled, replicas } = dns.workload?.object.status ?? {};
  if ((observedGeneration ?? desiredNumberScheduled ?? replicas) !== undefined) return undefined;
  if (pods.status !== 'ok') return pods.reason;
  return pods.whole ? undefined : `only some pods of namespace ${namespace} were read`;
}
