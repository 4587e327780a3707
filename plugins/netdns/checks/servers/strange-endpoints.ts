import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointRows, MANAGED_BY_LABEL } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serversMessages } from '../../messages/servers.ts';
import { SERVER_KINDS } from './server-facts.ts';

/**
 * Addresses that somebody wrote beside those of the servers, and which belong to pods that are none: kube-proxy sends
 * them their share of the questions (discovery.k8s.io/v1 EndpointSlice: all slices of a Service count, whoever made them).
 */
export const strangeEndpoints = defineCheck<DnsSubject>({
  id: 'netdns/strange-endpoints',
  group: 'service',
  needs: ['Pod'],
  uses: [...SERVER_KINDS],
  run: ({ dns }, { index }) => {
    const service = dns?.service;
    if (dns === undefined || service === undefined) return [];
    const ready = endpointRows(index, service).filter((row) => row.ready);
    const strange = ready.flatMap(({ slice, addresses }) => {
      // What the controller wrote, it will also take away when the pod changes.
      if (slice.metadata?.labels?.[MANAGED_BY_LABEL]?.endsWith('.k8s.io') === true) return [];
      const pod = podAt(index, addresses[0] ?? '');
      return pod === undefined || dns.pods.includes(pod) || listens(pod) ? [] : [{ slice, pod, address: addresses[0] }];
    });
    const [first] = strange;
    if (first === undefined) return [];
    const slices = [...new Set(strange.map(({ slice }) => nameOf(slice)))];
    const ref = refOf(service, 'Service');
    return [
      serversMessages.DNS132.raise({
        subject: ref,
        args: {
          count: strange.length,
          all: ready.length,
          service: `${dns.namespace}/${ref.name}`,
          which: joinNames(
            strange.map(({ address, pod }) => `${address} (pod ${podKey(pod)})`),
            2,
          ),
          namespace: dns.namespace,
          slices,
        },
        impact: strange.length / ready.length,
        evidence: strange.slice(0, 3).map(({ slice, address, pod }) => ({
          fact: `${address} is pod ${podKey(pod)}, none of whose containers declares port 53`,
          source: formatRef(refOf(slice, 'EndpointSlice')),
        })),
      }),
    ];
  },
});

function podAt(index: ClusterIndex, address: string): Pod | undefined {
  return podsWithAddress(index, address).find(({ spec }) => spec?.hostNetwork !== true);
}

/** Ports are only declared; a pod with a DNS server that declares others is none that one would write there. */
function listens({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(
    ({ ports, image }) =>
      (ports ?? []).some(({ containerPort }) => containerPort === 53 || containerPort === 5353) ||
      /dns/i.test(image ?? ''),
  );
}
