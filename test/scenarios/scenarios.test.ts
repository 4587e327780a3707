import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../shared/testing/run-cli.ts';
import { pluginOf } from '../contract/plugins.ts';

/** What a case states, beside its golden output. */
interface Case {
  readonly story: string;
  readonly command: string;
  readonly verdict: string;
  readonly cause?: string;
  readonly subject?: string;
  readonly words?: readonly string[];
  /** False where the shared cluster facts (nodes, kube-proxy, CoreDNS, Flannel) do not belong to the case. */
  readonly cluster?: boolean;
}

interface Answer {
  readonly verdict: string;
  readonly headline: string;
  readonly causes: readonly {
    readonly code: string;
    readonly severity: string;
    readonly summary: string;
    readonly subject: { readonly kind: string; readonly namespace?: string; readonly name: string };
    readonly evidence: readonly { readonly fact: string; readonly source: string }[];
  }[];
}

const ROOT = 'test/scenarios';
const EXIT: Readonly<Record<string, number>> = { healthy: 0, degraded: 1, broken: 1, unknown: 3 };
const names = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'case.yaml')));

describe.each(names)('%s', (name) => {
  const folder = join(ROOT, name);
  const spec = load(readFileSync(join(folder, 'case.yaml'), 'utf8')) as Case;
  const snapshots = ['--snapshot', join(folder, 'facts')];
  if (spec.cluster !== false) snapshots.push('--snapshot', join(ROOT, '_cluster'));
  // The command line starts with the plugin's name, as a reader would type it.
  const words = [...spec.command.split(' ').slice(1), ...snapshots];

  it(`is ${spec.verdict}${spec.cause === undefined ? '' : ` for ${spec.cause}`}: ${spec.story}`, async () => {
    const run = await runCli(pluginOf(spec.command), [...words, '-o', 'json']);
    const answer = JSON.parse(run.stdout) as Answer;
    const first = answer.causes[0];
    expect({ verdict: answer.verdict, exit: run.exit }, answer.headline).toEqual({
      verdict: spec.verdict,
      exit: EXIT[spec.verdict],
    });
    if (spec.cause !== undefined) expect(first?.code, answer.headline).toBe(spec.cause);
    if (spec.subject !== undefined) {
      expect(`${first?.subject.kind} ${first?.subject.namespace ?? ''}/${first?.subject.name}`).toBe(spec.subject);
    }
    if (spec.verdict === 'healthy') expect(answer.causes).toEqual([]);
    const told = `${answer.headline} ${first?.summary ?? ''} ${JSON.stringify(first?.evidence ?? [])}`.replaceAll('\\"', '"');
    for (const word of spec.words ?? []) expect(told).toContain(word);
  });

  it('prints what was read and accepted', async () => {
    const golden = join(folder, 'expected.txt');
    const run = await runCli(pluginOf(spec.command), words);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, run.stdout);
    expect(existsSync(golden), `no ${golden}: run with UPDATE_GOLDEN=1 and read it`).toBe(true);
    expect(run.stdout).toBe(readFileSync(golden, 'utf8'));
    expect(run.stderr).toBe('');
  });
});
