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
    readonly fixes: readonly Fix[];
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

/** What a report offers to paste. */
export interface Fix {
  readonly command: string;
  readonly undo?: string;
}

const LOOKS = /^kubectl (?:get|describe|logs|exec|netsvc|netdns|netpol|netcni) /;

/** The first line of a cause that changes something and has no gap for the reader to fill. */
export function firstChange({ fixes }: Answer['causes'][number]): Fix | undefined {
  return fixes.find(
    ({ command }) => (!LOOKS.test(command) || /(?:\||&&) kubectl/.test(command)) && !/<[A-Z]+>/.test(command),
  );
}

/** All text in which the deciding words may stand: headline, summary and evidence of the first cause. */
export function toldBy({ headline, causes }: Answer): string {
  const first = causes[0];
  const evidence = (first?.evidence ?? []).map(({ fact, source }) => `${fact} (${source})`);
  return [headline, first?.summary ?? '', ...evidence].join('\n');
}
