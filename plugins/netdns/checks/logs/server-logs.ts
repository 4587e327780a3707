import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { type ClusterDns, dnsServersRef } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { forwardedZones } from '../../../../shared/dns/corefile/forwarded-zones.ts';
import { serversCorefile } from '../../../../shared/dns/corefile/sources.ts';
import { nameClients } from '../../../../shared/dns/logs/name-clients.ts';
import { recentLog } from '../../../../shared/dns/logs/recent.ts';
import { type LogText, type QuerySummary, summariseLogs } from '../../../../shared/dns/logs/summarise.ts';
import { metricsOf } from '../../../../shared/dns/metrics/pages.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { parseQuantity } from '../../../../shared/util/quantity.ts';
import { type LogScene, logFindings, tallies } from '../../diagnose/log-findings.ts';
import { MANY_SERVFAILS } from '../../diagnose/metrics-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { metricsMessages } from '../../messages/metrics.ts';
import { judgeKnown } from '../corefile/corefile-invalid.ts';
import { SERVER_KINDS } from '../servers/server-facts.ts';

/**
 * What the logs say of faults that objects do not show: circles, upstreams that are silent, sockets used up. The run
 * before counts for servers that do not serve now; what made a sound server restart is over.
 */
export const serverLogs = defineCheck<DnsSubject>({
  id: 'netdns/server-logs',
  group: 'logs',
  needs: ['Pod'],
  uses: [...SERVER_KINDS, 'Node'],
  run: ({ dns }, { index }) => {
    if (dns === undefined) return [];
    const logs = dns.pods.flatMap((pod) => logsOf(index, pod));
    const { domain } = clusterDomainOf(index);
    const source = serversCorefile(index);
    const recent = summariseLogs(
      dns.pods.flatMap((pod) => recentOf(index, pod)),
      domain,
    );
    // Lines about the API server are judged beside the way to it.
    const told = logFindings(nameClients(index, summariseLogs(logs, domain)), dnsServersRef(dns), 'log of', {
      recent,
      othersServe: dns.pods.some(isReady),
      homes: new Map(
        dns.pods.flatMap((pod) => (pod.spec?.nodeName === undefined ? [] : [[nameOf(pod), pod.spec.nodeName]])),
      ),
      forwards: source === undefined ? [] : forwardedZones(judgeKnown(source)),
      ...tightCpu(dns.pods),
    });
    // What the servers count says it better.
    const counted = metricsOf(index).length > 0 || source === undefined || !logsAll(source.text);
    return [...told, ...(counted ? [] : servfails(recent.queries, dns))];
  },
});

/** Plugin log writes what came to a good end too; with `class error` alone all that it writes are failures. */
function logsAll(corefile: string): boolean {
  const classes = [...corefile.matchAll(/^\s*class\s+(.+)$/gm)].map(([, words = '']) => words);
  return classes.every((words) => /\b(?:all|success)\b/.test(words));
}

/** Fewer queries than that are no sample. */
const SAMPLE = 100;

function servfails(queries: QuerySummary | undefined, dns: ClusterDns): readonly Finding[] {
  const failed = queries?.rcodes.find(({ what }) => what === 'SERVFAIL')?.count ?? 0;
  if (queries === undefined || queries.queries < SAMPLE || failed < MANY_SERVFAILS * queries.queries) return [];
  const number = String(Math.round((failed / queries.queries) * 100));
  const ref = dnsServersRef(dns);
  const [name] = queries.failingNames;
  return [
    metricsMessages.DNS272.raise({
      subject: ref,
      args: { pods: 'the DNS servers', number, what: name === undefined ? '' : `, most often those for ${name.what}` },
      evidence: [
        { fact: `SERVFAIL: ${failed} of ${queries.queries} queries`, source: `logs of ${formatRef(ref)}` },
        { fact: `names that failed: ${tallies(queries.failingNames)}`, source: `logs of ${formatRef(ref)}` },
      ],
    }),
  ];
}

/** Below this, in CPUs, a limit is what a busy server waits for. */
const TIGHT = 0.2;

function tightCpu(pods: readonly Pod[]): Pick<LogScene, 'cpu'> {
  for (const { resources, name = '' } of pods.flatMap(({ spec }) => spec?.containers ?? [])) {
    const limit = resources?.limits?.cpu;
    const cpus = parseQuantity(limit);
    if (limit !== undefined && cpus !== undefined && cpus > 0 && cpus < TIGHT)
      return { cpu: { limit: String(limit), container: name } };
  }
  return {};
}

/** The last lines where they were asked for, else all. */
function recentOf(index: ClusterIndex, pod: Pod): readonly LogText[] {
  return (pod.spec?.containers ?? []).flatMap(({ name = '' }) => {
    const text = recentLog(index, nameOf(pod), name);
    return text === undefined ? logsOf(index, pod) : [{ pod: nameOf(pod), text }];
  });
}

function logsOf(index: ClusterIndex, pod: Pod): readonly LogText[] {
  return (pod.spec?.containers ?? []).flatMap(({ name = '' }) =>
    (isReady(pod) ? [false] : [true, false]).flatMap((previous) => {
      const text = index.log(namespaceOf(pod), nameOf(pod), name, previous);
      return text === undefined ? [] : [{ pod: nameOf(pod), text }];
    }),
  );
}
