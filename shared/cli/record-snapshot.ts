import { resolve } from 'node:path';
import type { Snapshot } from '../model/snapshot.ts';
import { sourceName } from '../model/source-name.ts';
import { plural } from '../util/text.ts';
import type { CommandResult, RecordingPlan, Request } from './command.ts';
import { UsageError } from './command.ts';

/** `snapshot`: reads what any question about the scope could need and writes it to one file. */
export async function recordSnapshot(request: Request, loadPlan: () => Promise<RecordingPlan>): Promise<CommandResult> {
  const { options, args, facts, runtime } = request;
  if (args.length > 0) {
    throw new UsageError(`snapshot takes no names: ${args.join(' ')}`, 'It records a namespace (-n) or all (-A).');
  }
  const allNamespaces = options.boolean('all-namespaces');
  const file = options.string('output') ?? (await defaultName(request, allNamespaces));
  if (!/\.(tar\.gz|tgz)$/.test(file)) {
    throw new UsageError(`-o ${file} is not an archive's name`, 'Name a file that ends with .tar.gz or .tgz.');
  }
  const snapshot = await facts.snapshot(async (gatherer, namespace) => {
    const plan = await loadPlan();
    await plan({ allNamespaces, allLogs: options.boolean('logs') })(gatherer, namespace);
  });
  const redact = options.boolean('redact');
  const { writeSnapshot } = await import('../collect/write-snapshot.ts');
  const { bytes } = await writeSnapshot(snapshot, resolve(runtime.cwd, file), { redact });
  const count = countObjects(snapshot);
  return { type: 'text', text: summary(request.plugin.name, snapshot, file, bytes, redact), exit: count === 0 ? 3 : 0 };
}

async function defaultName(request: Request, allNamespaces: boolean): Promise<string> {
  const scope = allNamespaces ? 'all' : await request.facts.namespace();
  const time = request.runtime.now().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${request.plugin.name}-${scope}-${time}.tar.gz`;
}

function countObjects(snapshot: Snapshot): number {
  return Object.values(snapshot.objects).reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

function summary(plugin: string, snapshot: Snapshot, file: string, bytes: number, redact: boolean): string {
  const kinds = Object.values(snapshot.objects).filter((list) => (list?.length ?? 0) > 0).length;
  const logs = snapshot.logs.length === 0 ? '' : `, ${plural(snapshot.logs.length, 'log')}`;
  const missing = snapshot.coverage.filter((entry) => entry.status === 'forbidden' || entry.status === 'failed');
  const reasons = [...new Set(missing.map((entry) => entry.reason ?? `${entry.kind}: ${entry.status}`))];
  return [
    `${file}: ${plural(countObjects(snapshot), 'object')} of ${plural(kinds, 'kind')}${logs}, ${sizeOf(bytes)}`,
    `From ${sourceName(snapshot)}${snapshot.takenAt === '' ? '' : ` at ${snapshot.takenAt}`}${redact ? '; names and addresses replaced' : ''}`,
    ...(reasons.length === 0 ? [] : ['Not recorded', ...reasons.map((reason) => `  ? ${reason}`)]),
    `Ask it: kubectl ${plugin} --snapshot ${file}`,
  ].join('\n');
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
