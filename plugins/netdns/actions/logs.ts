import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { clusterDnsOf, dnsServersRef } from '../../../shared/dns/cluster-dns.ts';
import { clusterDomainOf } from '../../../shared/dns/cluster-domain.ts';
import { isOfServer } from '../../../shared/dns/logs/parse-line.ts';
import { nodeCacheOf } from '../../../shared/dns/node-cache.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { logsReport } from '../diagnose/logs-report.ts';
import { oneFile } from './one-file.ts';

/** `logs`: grouped by meaning. */
export async function runLogs(request: Request): Promise<CommandResult> {
  const { options, runtime } = request;
  const path = oneFile(request, 'logs');
  const rules = parseSuppress(options.list('suppress'));
  if (path !== undefined) {
    const { readText } = await import('../../../shared/collect/files/read-text.ts');
    const text = await readText(path, runtime);
    const name = path === '-' ? 'standard input' : path;
    const unseen = unread(name, text);
    const report = logsReport(unseen.length > 0 ? [] : [{ pod: name, text }], {
      subject: { kind: 'File', name },
      takenAt: runtime.now().toISOString(),
      source: path === '-' ? name : `file ${path}`,
      domain: undefined,
      unseen,
    });
    return { type: 'report', report: suppressReport(report, rules) };
  }
  const snapshot = await request.facts.snapshot(async (gatherer) => {
    const { readServerLogs } = await import('../collect/server-logs.ts');
    await readServerLogs(gatherer);
  });
  const report = logsReport(logsOf(snapshot), { ...frameOf(snapshot) });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}

/** An empty page, or one in which no line is a DNS server's, tells neither of faults nor of health. */
function unread(name: string, text: string): readonly NotChecked[] {
  if (text.trim() === '') return [{ check: 'logs', reason: `${name} is empty` }];
  if (text.split('\n').some(isOfServer)) return [];
  return [{ check: 'logs', reason: `no line of ${name} is one of a DNS server` }];
}

/** Logs of the servers and caches; in a recording without the pods' objects every log that looks like one. */
function logsOf(snapshot: Snapshot): readonly { readonly pod: string; readonly text: string }[] {
  const index = createIndex(snapshot);
  const pods = new Set(
    [...(clusterDnsOf(index)?.pods ?? []), ...(nodeCacheOf(index)?.pods ?? [])].map(
      (pod) => `${namespaceOf(pod)}/${nameOf(pod)}`,
    ),
  );
  return snapshot.logs
    .filter(({ namespace, pod }) =>
      pods.size > 0 ? pods.has(`${namespace}/${pod}`) : /coredns|dns-default|node-local-dns|nodelocaldns/.test(pod),
    )
    .filter(({ container }) => !/sidecar|autopath|proxy|resolver/.test(container))
    .map(({ pod, previous, text }) => ({ pod: previous ? `${pod} (before)` : pod, text }));
}

function frameOf(snapshot: Snapshot) {
  const index = createIndex(snapshot);
  const dns = clusterDnsOf(index);
  const { status, reason } = index.seen('Pod', dns?.namespace ?? 'kube-system');
  const refused = index.tools('tools/coredns').find(({ path }) => path.endsWith('/log.refused.txt'));
  return {
    subject: dns === undefined ? { kind: 'Namespace', name: 'kube-system' } : dnsServersRef(dns),
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    domain: clusterDomainOf(index).domain,
    index,
    unseen:
      snapshot.logs.length > 0
        ? []
        : [{ check: 'logs', reason: status === 'ok' ? (refused?.text ?? 'no log of a DNS server was read') : reason }],
  };
}
