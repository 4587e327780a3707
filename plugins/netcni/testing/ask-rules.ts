import type { KubeObject } from '../../../shared/model/objects.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netcni } from '../plugin.ts';
import { cluster } from './node-cluster.ts';

interface Answer {
  readonly exit: number;
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly notes: readonly string[];
  readonly headline: string;
  readonly text: string;
}

/** Gives a dump to `rules -` for node n1 of the cluster. */
export async function ask(
  dump: string,
  objects: readonly KubeObject[] = cluster,
  options: Parameters<typeof snapshotOf>[1] & { readonly node?: string } = {},
): Promise<Answer> {
  const words = [
    'rules',
    '-',
    '--snapshot',
    'x',
    '-o',
    'json',
    ...(options.node === '' ? [] : ['--node', options.node ?? 'n1']),
  ];
  const run = await runCli(netcni, words, {
    stdin: dump,
    world: { readSnapshots: async () => snapshotOf(objects, options) },
  });
  const report = JSON.parse(run.stdout === '' ? '{}' : run.stdout);
  return {
    exit: run.exit,
    verdict: report.verdict,
    codes: (report.causes ?? []).map((cause: { code: string }) => cause.code),
    notes: (report.findings ?? []).map((cause: { code: string }) => cause.code),
    headline: report.causes?.[0]?.summary ?? '',
    text: run.stdout + run.stderr,
  };
}

export const silent = { exit: 0, verdict: 'healthy', codes: [] };

/** Drops lines of a dump, or changes them. */
export function without(dump: string, ...parts: readonly (string | RegExp)[]): string {
  return dump
    .split('\n')
    .filter((line) => !parts.some((part) => (typeof part === 'string' ? line.includes(part) : part.test(line))))
    .join('\n');
}
