import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { metricsOf } from '../../../../shared/dns/metrics/pages.ts';
import { metricsFindings } from '../../diagnose/metrics-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';

/** What the servers counted: different Corefiles, upstreams that are slow or down, refusals, panics, SERVFAIL. */
export const serverMetrics = defineCheck<DnsSubject>({
  id: 'netdns/server-metrics',
  group: 'metrics',
  needs: [],
  applies: (_subject, { index }) => metricsOf(index).length > 0,
  run: ({ dns, ref }, { index }) => metricsFindings(metricsOf(index), dns === undefined ? ref : dnsServersRef(dns)),
});
