import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { configHashIn } from '../../../../shared/dns/logs/config-hash.ts';
import { metricsOf, type NamedMetrics } from '../../../../shared/dns/metrics/pages.ts';
import { summarisePage } from '../../../../shared/dns/metrics/summarise-page.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { metricsFindings } from '../../diagnose/metrics-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { SERVER_KINDS, serverLog } from '../servers/server-facts.ts';

/** What the servers counted: different Corefiles, upstreams that are slow or down, refusals, panics, SERVFAIL. */
export const serverMetrics = defineCheck<DnsSubject>({
  id: 'netdns/server-metrics',
  group: 'metrics',
  needs: [],
  uses: [...SERVER_KINDS],
  applies: (subject, { index }) => withHashes(subject, index).length > 0,
  run: (subject, { index }) =>
    metricsFindings(withHashes(subject, index), subject.dns === undefined ? subject.ref : dnsServersRef(subject.dns)),
});

/**
 * The metrics tell the hash of a Corefile only after a reload, and that of a refused one too; the log tells the one in
 * force, at the start and after each reload.
 */
function withHashes({ dns }: DnsSubject, index: ClusterIndex): readonly NamedMetrics[] {
  const pages = metricsOf(index);
  const told = new Map(
    (dns?.pods ?? []).flatMap((pod) => {
      const hash = configHashIn(serverLog(index, pod, false));
      return hash === undefined ? [] : [[nameOf(pod), hash] as const];
    }),
  );
  const known = pages.map((page) => {
    const hash = page.program === 'coredns' ? told.get(page.pod) : undefined;
    return hash === undefined ? page : { ...page, metrics: { ...page.metrics, configHash: hash } };
  });
  const without = [...told].filter(([pod]) => !pages.some((page) => page.pod === pod));
  return [
    ...known,
    ...without.map(([pod, configHash]) => ({
      pod,
      program: 'coredns' as const,
      metrics: { ...summarisePage('', { now: index.now }), configHash },
    })),
  ];
}
