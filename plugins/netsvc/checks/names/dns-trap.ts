import { clusterPolicyFor } from '../../../../shared/diagnose/dns-policy-fix.ts';
import { clusterDnsOf, dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodSpec } from '../../../../shared/model/objects-pod.ts';

/** A setting of a pod by which its questions do not reach the cluster's DNS. */
export interface DnsTrap {
  readonly why: string;
  /** The dnsPolicy that would do. */
  readonly better: string;
}

/**
 * Why a pod with this specification does not ask the cluster's DNS (pkg/kubelet/network/dns/dns.go). Whether other servers
 * know the names of Services is certain only where the cluster's own were seen, or where a name has failed already.
 */
export function dnsTrap(index: ClusterIndex, spec: PodSpec | undefined, seen?: 'failing'): DnsTrap | undefined {
  const policy = spec?.dnsPolicy ?? 'ClusterFirst';
  const better = clusterPolicyFor(spec);
  if (policy === 'ClusterFirst' && spec?.hostNetwork === true) {
    return { why: "hostNetwork with dnsPolicy ClusterFirst falls back to the node's DNS", better };
  }
  const servers = spec?.dnsConfig?.nameservers ?? [];
  const known = knownServers(index);
  const caches = new Set(nodeCacheAddresses(index));
  const asksCluster = servers.some((server) => caches.has(server) || known.has(server));
  if (policy === 'Default' && !asksCluster) return { why: "dnsPolicy Default uses the node's DNS", better };
  if (policy !== 'None' || asksCluster) return undefined;
  if (servers.length === 0) return { why: 'dnsPolicy None without nameservers', better };
  const others = `dnsPolicy None asks ${servers.join(', ')}`;
  if (known.size === 0) return seen === undefined ? undefined : { why: `${others} and no other server`, better };
  return { why: `${others}, not the cluster's DNS (${[...known].join(', ')})`, better };
}

/** Addresses of the cluster's DNS Service, as far as it was read. */
function knownServers(index: ClusterIndex): ReadonlySet<string> {
  const dns = clusterDnsOf(index);
  return new Set(dns === undefined ? [] : dnsAddresses(dns));
}
