import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { configHashIn } from '../../../../shared/dns/logs/config-hash.ts';
import { recentLog } from '../../../../shared/dns/logs/recent.ts';
import { countedLater, metricsOf, type NamedMetrics } from '../../../../shared/dns/metrics/pages.ts';
import { type ServerMetrics, summarisePage } from '../../../../shared/dns/metrics/summarise-page.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { changeIsOnItsWay } from '../../diagnose/corefile-change.ts';
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
  run: (subject, { index }) => {
    const found = metricsFindings(
      withHashes(subject, index).map((page) => present(subject, index, page)),
      subject.dns === undefined ? subject.ref : dnsServersRef(subject.dns),
    );
    // While a change of the Corefile is on its way the servers differ, as they should.
    return changeIsOnItsWay(index) ? found.filter(({ code }) => code !== 'DNS276') : found;
  },
});

/** Counters count from the start. What is known to have stopped since is left out: failures that are over are no fault. */
function present({ dns }: DnsSubject, index: ClusterIndex, page: NamedMetrics): NamedMetrics {
  const pod = (dns?.pods ?? []).find((one) => nameOf(one) === page.pod);
  const later = countedLater(index).get(page.pod);
  const log = pod === undefined ? '' : serverLog(index, pod);
  const recent = (pod?.spec?.containers ?? []).flatMap(({ name = '' }) => recentLog(index, page.pod, name) ?? []);
  // CoreDNS tries a refused Corefile again at each interval of plugin reload, and says so each time.
  const reloads = log === '' || later === undefined || recent.some((text) => /reload/.test(text));
  const answered = failedBefore(page, later, recent) ? withoutFailures(page.metrics) : page.metrics;
  return {
    ...page,
    metrics: {
      ...answered,
      reloadFailed: reloads ? page.metrics.reloadFailed : 0,
      upstreams: page.metrics.upstreams.map((one) => {
        const now = later?.upstreams.find(({ to }) => to === one.to);
        return later !== undefined && (now?.healthFailures ?? 0) === 0 ? { ...one, healthFailures: 0 } : one;
      }),
    },
  };
}

/** SERVFAIL was answered once, and not to what was asked just now; plugin errors would log what others still get. */
function failedBefore({ metrics }: NamedMetrics, later: ServerMetrics | undefined, recent: readonly string[]): boolean {
  return (
    (metrics.rcodes.SERVFAIL ?? 0) > 0 &&
    later !== undefined &&
    Object.keys(later.rcodes).length > 0 &&
    (later.rcodes.SERVFAIL ?? 0) === 0 &&
    metrics.plugins.includes('errors') &&
    recent.length > 0 &&
    !recent.some((text) => text.includes('[ERROR]'))
  );
}

/** Queries that failed waited for long first, and nobody can take their time out of a histogram again. */
function withoutFailures(metrics: ServerMetrics): ServerMetrics {
  const { SERVFAIL: _, ...rcodes } = metrics.rcodes;
  return { ...metrics, rcodes, p50: undefined, p95: undefined, p99: undefined };
}

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
