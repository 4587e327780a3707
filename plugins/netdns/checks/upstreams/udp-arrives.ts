import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { countedLater, metricsOf } from '../../../../shared/dns/metrics/pages.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { upstreamMessages } from '../../messages/upstreams.ts';
import { SERVER_KINDS } from '../servers/server-facts.ts';

/** Below so many that were to be expected, none is no sign: few come, and not evenly. */
const EXPECTED = 50;

/**
 * Whether questions over UDP still reach the servers. A port-forward carries TCP only, so that they cannot be asked that
 * way; but they count what comes.
 */
export const udpArrives = defineCheck<DnsSubject>({
  id: 'netdns/udp-arrives',
  group: 'upstreams',
  needs: [],
  uses: [...SERVER_KINDS],
  applies: (_subject, { index }) => countedLater(index).size > 0,
  run: ({ dns, namespace }, { index }) => {
    const since = countedLater(index);
    return metricsOf(index).flatMap(({ pod, program, metrics }): readonly Finding[] => {
      const later = since.get(pod);
      const { udpQueries = 0, seconds = 0 } = metrics;
      if (program !== 'coredns' || later?.udpQueries !== 0 || seconds <= 0) return [];
      const rate = udpQueries / seconds;
      const watched = later.seconds ?? 0;
      if (rate * watched < EXPECTED) return [];
      return [
        upstreamMessages.DNS144.raise({
          subject: { kind: 'Pod', namespace: dns?.namespace ?? namespace, name: pod },
          args: { pod, perSecond: String(Math.round(rate)), seconds: String(watched) },
          evidence: [
            { fact: `${udpQueries} questions over UDP since its start`, source: `metrics of ${pod}` },
            { fact: `none within the ${watched} s before`, source: `metrics of ${pod}` },
          ],
        }),
      ];
    });
  },
});
