import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { kubeletDnsOf } from '../../../../shared/dns/cluster-domain.ts';
import { nodeCacheAddresses } from '../../../../shared/dns/node-cache.ts';
import { formatRef, refOf } from '../../../../shared/model/refs.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/** The address that kubelets write into resolv.conf is not that of the DNS Service. */
export const kubeletAddress = defineCheck<DnsSubject>({
  id: 'netdns/kubelet-address',
  group: 'service',
  needs: ['Service'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index }) => {
    const service = dns?.service;
    if (dns === undefined || service === undefined) return [];
    const addresses = dnsAddresses(dns);
    if (addresses.length === 0) return [];
    const known = new Set([...addresses, ...nodeCacheAddresses(index)]);
    const wrong = kubeletDnsOf(index).filter(
      ({ clusterDns }) => clusterDns.length > 0 && !clusterDns.some((address) => known.has(address)),
    );
    const [first] = wrong;
    if (first === undefined) return [];
    const ref = refOf(service, 'Service');
    const others = wrong.length === 1 ? '' : ` and ${wrong.length - 1} more`;
    return [
      serversMessages.DNS111.raise({
        subject: ref,
        args: {
          source: `${first.source}${others}`,
          many: wrong.length > 1,
          asks: joinAnd(first.clusterDns),
          service: `${dns.namespace}/${ref.name}`,
          address: joinAnd(addresses),
        },
        evidence: [
          ...wrong
            .slice(0, 3)
            .map(({ source, clusterDns }) => ({ fact: `clusterDNS: ${joinAnd(clusterDns)}`, source })),
          { fact: `clusterIP: ${joinAnd(addresses)}`, source: `${formatRef(ref)} spec.clusterIPs` },
        ],
        fixes: [
          {
            title: `create the Service anew with the address ${first.clusterDns[0] ?? ''} (names do not resolve meanwhile)`,
            command:
              `kubectl get service ${ref.name} -n ${dns.namespace} -o yaml | ` +
              `sed -e 's/${(addresses[0] ?? '').replaceAll('.', '\\.')}/${first.clusterDns[0] ?? ''}/' -e '/resourceVersion:/d' -e '/uid:/d' | ` +
              'kubectl replace --force -f -',
            risk: 'high',
          },
        ],
      }),
    ];
  },
});
