import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { migrateCorefile } from '../../../shared/dns/corefile/edit/migrate.ts';
import { lintFactsOf } from '../../../shared/dns/corefile/lint-facts.ts';
import { ASSUMED_VERSION, type CorefileSource, corefileSources } from '../../../shared/dns/corefile/sources.ts';
import { NEWEST_VERSION, parseVersion, version, writeVersion } from '../../../shared/dns/corefile/versions.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { kubeletDomain } from '../checks/corefile/kubelet-domain.ts';
import { configMapPlace } from '../diagnose/corefile-findings.ts';
import { corefileReport } from '../diagnose/corefile-report.ts';
import { readCorefileFile } from './corefile-file.ts';
import { oneFile } from './one-file.ts';

/** `corefile`: judged, linted, printed, compared and migrated. */
export async function runCorefile(request: Request): Promise<CommandResult> {
  const { options } = request;
  const path = oneFile(request, 'corefile');
  const wanted = wantedVersion(options.string('coredns-version'));
  const rules = parseSuppress(options.list('suppress'));
  if (options.boolean('migrate')) refuseForms(options.string('output'));
  if (path !== undefined) {
    const named = await readCorefileFile(path, request.runtime);
    const takenAt = request.runtime.now().toISOString();
    if (options.boolean('migrate')) return migrated(named.source, wanted);
    const source = path === '-' ? 'standard input' : `file ${path}`;
    const report = corefileReport([named], { wanted, takenAt, source, unseen: [] });
    return { type: 'report', report: suppressReport(report, rules) };
  }
  const snapshot = await request.facts.snapshot(async (gatherer) => {
    await (await import('../collect/corefile-plan.ts')).readCorefiles(gatherer);
  });
  const index = createIndex(snapshot);
  const sources = corefileSources(index);
  if (options.boolean('migrate')) {
    const [first] = sources;
    if (first === undefined)
      throw new UsageError('no Corefile was found', 'Name a file: kubectl netdns corefile FILE --migrate');
    return migrated(first, wanted);
  }
  const named = sources.map((source) => ({
    source,
    facts: lintFactsOf(index, source, kubeletDomain(index)),
    place: configMapPlace(source.ref, source.keeper),
  }));
  const { status, reason } = index.seen('ConfigMap', 'kube-system');
  const unseen =
    sources.length > 0
      ? []
      : [{ check: 'Corefile', reason: status === 'ok' ? 'no ConfigMap holds a Corefile' : reason }];
  const report = corefileReport(named, { wanted, takenAt: index.takenAt, source: sourceName(snapshot), unseen });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}

/** The migrated text is no report. */
function refuseForms(format = 'yaml'): void {
  if (['table', 'json', 'yaml'].includes(format)) return;
  throw new UsageError(`--migrate does not print ${format}`, 'The text for a file without -o, or -o json, -o yaml.');
}

function wantedVersion(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const value = parseVersion(text);
  if (value === undefined || value < version('1.0.0')) {
    throw new UsageError(`"${text}" is no version of CoreDNS`, `Like this: --coredns-version ${NEWEST_VERSION}`);
  }
  return writeVersion(value);
}

function migrated(source: CorefileSource, wanted: string | undefined): CommandResult {
  const to = wanted ?? source.version?.text ?? ASSUMED_VERSION;
  const { text, changes, left } = migrateCorefile(source.text, { to, files: source.files, env: source.env });
  const notes = [
    ...changes.map((change) => `# changed: ${change}`),
    ...left.map((error) => `# CoreDNS ${to} still refuses ${error}`),
  ];
  const value = { migratedTo: to, corefile: text, changes, left };
  return { type: 'value', value, text: [...notes, text].join('\n'), exit: left.length === 0 ? 0 : 1 };
}
