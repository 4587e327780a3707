import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { DnsFlavour } from '../../../../shared/dns/cluster-dns.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

const WORDS: { readonly [F in DnsFlavour]?: string } = {
  'kube-dns': 'this cluster runs kube-dns (dnsmasq with kubedns), not CoreDNS',
  clouddns: 'names of this cluster are answered by Cloud DNS of Google, outside of the cluster',
  'eks-auto': 'names of this cluster are answered by a service of each node (EKS Auto Mode), not by pods',
};

/** Clusters without CoreDNS are recognised, so that nothing is said of Corefiles that are not there. */
export const otherDns = defineCheck<DnsSubject>({
  id: 'netdns/other-dns',
  group: 'servers',
  needs: [],
  uses: [...SERVER_KINDS],
  run: ({ dns, ref }) => {
    const what = dns === undefined ? undefined : WORDS[dns.flavour];
    if (what === undefined) return [];
    return [
      serversMessages.DNS120.raise({
        subject: ref,
        args: { what },
        evidence: [{ fact: what, source: formatRef(ref) }],
      }),
    ];
  },
});
