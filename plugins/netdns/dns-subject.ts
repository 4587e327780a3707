import { type ClusterDns, clusterDnsOf, dnsServersRef } from '../../shared/dns/cluster-dns.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { Ref } from '../../shared/model/refs.ts';

/** What the checks of cluster DNS are asked about: the servers, and pods of one namespace or of all. */
export interface DnsSubject {
  /** The namespace of the DNS servers. */
  readonly namespace: string;
  readonly ref: Ref;
  /** Undefined when nothing of the servers was read. */
  readonly dns: ClusterDns | undefined;
  /** The namespace whose pods are judged as callers; undefined for all of them. */
  readonly callers: string | undefined;
  /** Names of the cluster that are asked about; what keeps them from resolving concerns all that is asked. */
  readonly asked?: readonly string[];
}

/** The subject of a cluster-wide question. */
export function dnsSubject(index: ClusterIndex, callers: string | undefined): DnsSubject {
  const dns = clusterDnsOf(index);
  if (dns !== undefined) return { namespace: dns.namespace, ref: dnsServersRef(dns), dns, callers };
  return { namespace: 'kube-system', ref: { kind: 'Namespace', name: 'kube-system' }, dns, callers };
}
