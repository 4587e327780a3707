import type { Ref } from '../../model/refs.ts';
import { type Report, wordOf } from '../../report/report.ts';
import type { CommandResult } from '../command.ts';

/** As much of a result as it takes to say what has changed since. */
export interface Brief {
  /** `broken`, `denied`; empty for what is no report. */
  readonly word: string;
  readonly codes: readonly string[];
  /** The verdict on each of many objects, by its name. */
  readonly items: ReadonlyMap<string, string>;
}

/** Keeps words only, so that a long watch does not hold the facts of its past. */
export function briefOf(result: CommandResult): Brief {
  if (result.type !== 'report') return { word: '', codes: [], items: new Map() };
  const { report } = result;
  return {
    word: (wordOf(report) || report.verdict).toLowerCase(),
    codes: [...new Set([...report.causes, ...report.findings].map(({ code }) => code))],
    items: new Map((report.items ?? []).map(({ target, verdict }) => [nameIn(report, target), verdict])),
  };
}

/** `shop/web`, or `web` in a report on one namespace. */
function nameIn({ target }: Report, { namespace, name }: Ref): string {
  return namespace === undefined || namespace === target?.name ? name : `${namespace}/${name}`;
}

/** What is told otherwise than before, in a few words. */
export function changeWords(before: Brief, now: Brief): string {
  if (before.word !== now.word) return `${before.word} → ${now.word}`;
  const names = [...new Set([...before.items.keys(), ...now.items.keys()])];
  const moved = names.filter((name) => before.items.get(name) !== now.items.get(name));
  const [only = '', ...more] = moved;
  const words =
    more.length > 0
      ? `${moved.length} of ${names.length} changed`
      : only !== ''
        ? movedWords(only, before.items.get(only), now.items.get(only))
        : codeWords(before.codes, now.codes);
  return words.length > LONGEST ? 'changed' : words;
}

/** What fits beside the time. */
const LONGEST = 70;

function movedWords(name: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return `${name} is new`;
  return now === undefined ? `${name} is gone` : `${name} ${before} → ${now}`;
}

function codeWords(before: readonly string[], now: readonly string[]): string {
  const gone = before.filter((code) => !now.includes(code)).map((code) => `${code} is gone`);
  const come = now.filter((code) => !before.includes(code)).map((code) => `${code} is new`);
  return [...gone, ...come].join(', ') || 'changed';
}
