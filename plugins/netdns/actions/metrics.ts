import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { clusterDnsOf, dnsServersRef } from '../../../shared/dns/cluster-dns.ts';
import { corefileSources, judgeSource } from '../../../shared/dns/corefile/sources.ts';
import { uncachedZones } from '../../../shared/dns/corefile/uncached.ts';
import { metricsOf } from '../../../shared/dns/metrics/pages.ts';
import { parseMetrics } from '../../../shared/dns/metrics/parse-page.ts';
import { summarisePage } from '../../../shared/dns/metrics/summarise-page.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { parseDuration } from '../../../shared/util/duration.ts';
import { metricsReport } from '../diagnose/metrics-report.ts';
import { oneFile } from './one-file.ts';

/** `metrics`: what every server counts. */
export async function runMetrics(request: Request): Promise<CommandResult> {
  const { options, runtime } = request;
  const path = oneFile(request, 'metrics');
  const rules = parseSuppress(options.list('suppress'));
  const apart = apartMs(options.string('for'));
  if (apart > 0 && (path !== undefined || request.facts.kind === 'snapshot')) {
    throw new UsageError('--for reads twice, and what was recorded stands still', 'Leave it out, or ask the cluster.');
  }
  if (path !== undefined) {
    const { readText } = await import('../../../shared/collect/files/read-text.ts');
    const text = await readText(path, runtime);
    const name = path === '-' ? 'standard input' : path;
    if (parseMetrics(text).size === 0)
      throw new UsageError(`${name} holds no metrics`, 'Give a page in the text format of Prometheus.');
    const now = runtime.now().getTime();
    const report = metricsReport([{ pod: name, program: 'coredns', metrics: summarisePage(text, { now }) }], {
      subject: { kind: 'File', name },
      takenAt: runtime.now().toISOString(),
      source: path === '-' ? name : `file ${path}`,
      uncached: [],
      unseen: [],
    });
    return { type: 'report', report: suppressReport(report, rules) };
  }
  const snapshot = await request.facts.snapshot(async (gatherer) => {
    const { readServerMetrics } = await import('../collect/server-metrics.ts');
    await readServerMetrics(gatherer, apart, runtime.signal);
  });
  const index = createIndex(snapshot);
  const dns = clusterDnsOf(index);
  const report = metricsReport(metricsOf(index), {
    subject: dns === undefined ? { kind: 'Namespace', name: 'kube-system' } : dnsServersRef(dns),
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    uncached: corefileSources(index).flatMap((source) => uncachedZones(judgeSource(source))),
    unseen: unseen(index),
  });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}

const SHORTEST = 1000;
const LONGEST = 600_000;

function apartMs(text: string | undefined): number {
  if (text === undefined) return 0;
  const value = parseDuration(text);
  if (value === undefined || value < SHORTEST || value > LONGEST) {
    throw new UsageError(`--for ${text} is no time between 1s and 10m`, 'Like this: --for 30s');
  }
  return value;
}

function unseen(index: ClusterIndex): readonly NotChecked[] {
  const refused = [...index.tools('tools/coredns'), ...index.tools('tools/nodecache')].flatMap(({ path, text }) => {
    const pod = /\/([^/]+)\/metrics\.refused\.txt$/.exec(path)?.[1];
    return pod === undefined ? [] : [{ check: `metrics of ${pod}`, reason: text }];
  });
  if (refused.length > 0 || metricsOf(index).length > 0) return refused;
  const { status, reason } = index.seen('Pod', 'kube-system');
  return [{ check: 'metrics', reason: status === 'ok' ? 'no metrics of a DNS server were read' : reason }];
}
