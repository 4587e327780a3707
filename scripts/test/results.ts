import { readFileSync } from 'node:fs';
import type { Counts } from './tally.ts';

/** What one suite wrote down of itself. */
export interface Results extends Counts {
  /** Why tests were skipped, and how many for each reason. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

interface Written {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

/** Reads what vitest's JSON reporter wrote; nothing when there is no such file, as after a crash. */
export function readResults(file: string): Results | undefined {
  let json: Written;
  try {
    json = JSON.parse(readFileSync(file, 'utf8')) as Written;
  } catch {
    return undefined;
  }
  const skipped = (json.testResults ?? [])
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => !['passed', 'failed'].includes(status));
  const counts = new Map<string, number>();
  for (const { title, ancestorTitles } of skipped) {
    const reason = reasonIn([title, ...[...ancestorTitles].reverse()]);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return {
    passed: json.numPassedTests ?? 0,
    failed: json.numFailedTests ?? 0,
    skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
    reasons: [...counts].map(([reason, count]) => ({ reason, count })),
  };
}

/** A test that is skipped says why in brackets at the end of its name, or its group does. */
function reasonIn(titles: readonly string[]): string {
  for (const title of titles) {
    const reason = (/\(skipped: (.+)\)$/.exec(title) ?? /\((.+)\)$/.exec(title))?.[1];
    if (reason !== undefined) return reason;
  }
  return titles[0] ?? '';
}
