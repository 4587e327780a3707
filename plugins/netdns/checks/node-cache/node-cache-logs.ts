import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { clusterDnsOf, dnsAddresses } from '../../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../../shared/dns/cluster-domain.ts';
import { parseLogLine } from '../../../../shared/dns/logs/parse-line.ts';
import { recentLog } from '../../../../shared/dns/logs/recent.ts';
import { type LogText, summariseLogs } from '../../../../shared/dns/logs/summarise.ts';
import { type NodeCache, nodeCacheOf } from '../../../../shared/dns/node-cache.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isReady, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { logFindings } from '../../diagnose/log-findings.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheMessages } from '../../messages/node-cache.ts';

/** Fewer failures than that are what every network knows now and then. */
const LEAST = 5;

/**
 * What the logs of the node caches say: no answer from the DNS servers, which is the way from that node, and from the
 * resolvers outside, which pods meet here and not at the servers.
 */
export const nodeCacheLogs = defineCheck<DnsSubject>({
  id: 'netdns/node-cache-logs',
  group: 'node cache',
  needs: [],
  uses: ['Pod', 'DaemonSet', 'ConfigMap', 'Service', 'Deployment', 'ReplicaSet', 'Node'],
  applies: (_subject, { index }) => nodeCacheOf(index) !== undefined,
  run: (_subject, { index }) => {
    const cache = nodeCacheOf(index);
    if (cache === undefined) return [];
    const name = cache.set === undefined ? 'node-local-dns' : nameOf(cache.set);
    const subject: Ref = { kind: 'DaemonSet', namespace: cache.namespace, name };
    const { domain } = clusterDomainOf(index);
    const isInside = insideTest(index, cache, domain);
    const texts = textsOf(index, cache);
    const outside = (list: readonly LogText[]): readonly LogText[] =>
      list.map(({ pod, text }) => ({ pod, text: keep(text, (line) => !isInside(line)) }));
    const configMap = nameOf(cache.configMap ?? {}) || name;
    return [
      ...servers(cache, subject, texts, isInside),
      ...logFindings(summariseLogs(outside(texts.all), domain), subject, 'log of', {
        recent: summariseLogs(outside(texts.recent), domain),
        configMap,
        nodes: new Map(cache.pods.map((pod) => [nameOf(pod), pod.spec?.nodeName ?? ''])),
      }),
    ];
  },
});

interface Texts {
  readonly all: readonly LogText[];
  /** The last lines where they were asked for, else all. */
  readonly recent: readonly LogText[];
}

function textsOf(index: ClusterIndex, { pods }: NodeCache): Texts {
  const read = pods.flatMap((pod) =>
    (pod.spec?.containers ?? []).flatMap(({ name = '' }) => {
      const runs = isReady(pod) ? [false] : [true, false];
      const logs = runs.flatMap((previous) => index.log(namespaceOf(pod), nameOf(pod), name, previous) ?? []);
      if (logs.length === 0) return [];
      const text = logs.join('\n');
      return [{ pod: nameOf(pod), text, recent: recentLog(index, nameOf(pod), name) ?? text }];
    }),
  );
  return {
    all: read.map(({ pod, text }) => ({ pod, text })),
    recent: read.map(({ pod, recent }) => ({ pod, text: recent })),
  };
}

function keep(text: string, wanted: (line: string) => boolean): string {
  return text.split('\n').filter(wanted).join('\n');
}

/** Whether a line tells of a question to the DNS servers that failed: by the address asked, else by the name. */
function insideTest(index: ClusterIndex, { upstream }: NodeCache, domain: string): (line: string) => boolean {
  const dns = clusterDnsOf(index);
  const addresses = new Set([
    ...(dns === undefined ? [] : dnsAddresses(dns)),
    ...dnsAddresses({ service: upstream }),
    ...(dns?.pods ?? []).flatMap((pod) => pod.status?.podIP ?? []),
  ]);
  return (raw) => {
    const line = parseLogLine(raw);
    if (line === undefined || !/^upstream-/.test(line.meaning)) return false;
    if (line.upstream !== undefined) return addresses.has(line.upstream.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
    return line.name?.endsWith(`.${domain}.`) === true;
  };
}

function servers(
  { pods }: NodeCache,
  subject: Ref,
  { all, recent }: Texts,
  isInside: (line: string) => boolean,
): readonly Finding[] {
  const failures = (list: readonly LogText[]) =>
    list.flatMap(({ pod, text }) =>
      text
        .split('\n')
        .filter(isInside)
        .map((line) => ({ pod, line })),
    );
  const told = failures(all);
  const last = told.at(-1);
  if (told.length < LEAST || last === undefined) return [];
  const over = failures(recent).length < LEAST;
  const troubled = pods.filter((pod) => told.some((one) => one.pod === nameOf(pod)));
  const nodes = [...new Set(troubled.map((pod) => pod.spec?.nodeName ?? nameOf(pod)))];
  const line = parseLogLine(last.line);
  return [
    nodeCacheMessages.DNS506.raise({
      subject,
      ...(over ? { severity: 'info' as const } : {}),
      impact: troubled.length / Math.max(pods.length, 1),
      args: {
        nodes: `${nodes.length === 1 ? 'node' : 'nodes'} ${joinNames(nodes)}`,
        upstream: line?.upstream ?? 'the DNS Service',
        count: told.length,
        how: howOf(last.line),
      },
      evidence: [
        { fact: shorten(line?.text ?? last.line, 240), source: `log of ${last.pod}` },
        ...(over ? [{ fact: 'none of them lately', source: 'log of the last moments' }] : []),
      ],
      pods: troubled.map(podKey),
    }),
  ];
}

/** How it failed, in the words of the line. */
function howOf(line: string): string {
  return (
    /(i\/o timeout|connection refused|no route to host|network is unreachable|no healthy proxies)/.exec(line)?.[1] ??
    'no answer'
  );
}
