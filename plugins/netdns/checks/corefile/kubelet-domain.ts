import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import { plainName } from '../../../../shared/dns/service-names.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';

/** The domain that kubelets write into resolv.conf of pods, when one of them told it; the Corefile itself proves nothing. */
export function kubeletDomain(index: ClusterIndex): { readonly domain: string; readonly source: string } | undefined {
  const told = kubeletDnsOf(index).find(({ clusterDomain }) => clusterDomain !== undefined);
  return told?.clusterDomain === undefined ? undefined : { domain: plainName(told.clusterDomain), source: told.source };
}
