import type { ClusterIndex } from '../model/cluster-index.ts';
import type { Pod } from '../model/objects-pod.ts';
import { namespaceOf } from '../model/refs.ts';
import { clusterDnsOf, dnsAddresses } from './cluster-dns.ts';
import { clusterDomainOf, kubeletDnsOf } from './cluster-domain.ts';
import { type PodResolver, parseResolvConf, podResolver, type ResolvConf } from './pod-resolver.ts';

/** The resolv.conf that the kubelet writes for a pod of an index. */
export function resolverOf(index: ClusterIndex, pod: Pick<Pod, 'spec' | 'metadata'>): PodResolver {
  const host = hostResolvConf(index, pod.spec?.nodeName ?? '');
  return podResolver(pod.spec, namespaceOf(pod), {
    clusterDns: clusterDnsAddresses(index, pod.spec?.nodeName ?? ''),
    domain: clusterDomainOf(index).domain,
    ...(host === undefined ? {} : { host }),
  });
}

/** clusterDNS of the node's kubelet, else of any kubelet that was seen, else the address of the DNS Service. */
export function clusterDnsAddresses(index: ClusterIndex, node: string): readonly string[] {
  const kubelets = kubeletDnsOf(index);
  const own = kubelets.find((kubelet) => kubelet.node === node) ?? kubelets[0];
  if (own !== undefined && own.clusterDns.length > 0) return own.clusterDns;
  const dns = clusterDnsOf(index);
  const known = dns === undefined ? [] : dnsAddresses(dns);
  // A kubelet without clusterDNS says so with an event; that none was seen says nothing.
  return known.length > 0 ? known : ['(clusterDNS of the kubelet)'];
}

/** The node's own file, when a recording holds it (`tools/NODE/resolv.conf`). */
function hostResolvConf(index: ClusterIndex, node: string): ResolvConf | undefined {
  const file = index
    .tools()
    .find(({ path }) => path === `tools/${node}/resolv.conf` || path === `tools/node/${node}/resolv.conf`);
  return node === '' || file === undefined ? undefined : parseResolvConf(file.text);
}
