import type { PluginRun } from '../kit/plugin.ts';

/** What a test reads of a report's JSON. */
export interface Answer {
  readonly verdict: string;
  readonly headline: string;
  readonly causes: readonly {
    readonly code: string;
    readonly summary: string;
    readonly subject: object;
    readonly evidence: readonly { readonly fact: string; readonly source: string }[];
    readonly fixes: readonly { readonly command: string }[];
  }[];
  readonly notChecked: readonly { readonly check: string; readonly reason: string }[];
}

/** The report of a run with `-o json`; fails with all that was printed when there is none. */
export function answerOf(run: PluginRun): Answer {
  try {
    return JSON.parse(run.stdout) as Answer;
  } catch {
    throw new Error(`no JSON (exit ${run.exitCode}):\n${run.stdout}\n${run.stderr}`);
  }
}

/** All text in which the deciding words may stand: headline, summary and evidence of the first cause. */
export function toldBy({ headline, causes }: Answer): string {
  const first = causes[0];
  const evidence = (first?.evidence ?? []).map(({ fact, source }) => `${fact} (${source})`);
  return [headline, first?.summary ?? '', ...evidence].join('\n');
}
