import { UsageError } from '../../../shared/cli/command.ts';
import type { Protocol } from '../../../shared/policy/rules/port-set.ts';
import { type End, parseEnds } from '../targets/parse-end.ts';

/** One line of a file of expectations. */
export interface Expectation {
  readonly file: string;
  readonly line: number;
  /** `allow shop/web -> shop/db:5432/TCP`, as it was meant. */
  readonly text: string;
  readonly expect: 'allow' | 'deny';
  readonly from: End;
  readonly to: End;
  readonly port: string | undefined;
  readonly protocol: Protocol | undefined;
}

const EXAMPLE = 'A line is: allow shop/web -> shop/db:5432/TCP, or: deny internet -> shop/db';

/**
 * Reads expectations: `allow A -> B:PORT/PROTOCOL` and `deny A -> B` on lines of their own, as items of a YAML list
 * (`- allow: A -> B`), or as two YAML lists under `allow:` and `deny:`. Comments begin with #. Throws a UsageError with
 * file and line for anything else.
 */
export function parseExpectations(text: string, file: string): readonly Expectation[] {
  const found: Expectation[] = [];
  let list: 'allow' | 'deny' | undefined;
  for (const [at, raw] of text.split('\n').entries()) {
    const place = `${file}:${at + 1}`;
    const words = raw.replace(/(^|\s)#.*$/, '').trim();
    if (words === '' || words === '---') continue;
    const header = /^(allow|deny):$/.exec(words);
    if (header !== null) {
      list = header[1] as 'allow' | 'deny';
      continue;
    }
    const [, dash, verb, rest = ''] = /^(-\s+)?(?:(allow|deny)(?::\s*|\s+))?(.*)$/.exec(words) ?? [];
    const expect = (verb as 'allow' | 'deny' | undefined) ?? (dash === undefined ? undefined : list);
    if (expect === undefined) throw new UsageError(`${place}: "${words}" is no expectation`, EXAMPLE);
    found.push({ file, line: at + 1, expect, ...parseFlow(unquote(rest), expect, place) });
  }
  if (found.length === 0) throw new UsageError(`${file} holds no expectation`, EXAMPLE);
  return found;
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

function parseFlow(
  text: string,
  expect: 'allow' | 'deny',
  place: string,
): Pick<Expectation, 'text' | 'from' | 'to' | 'port' | 'protocol'> {
  try {
    return { ...flowOf(text), text: `${expect} ${text}` };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${place}: ${error.message}`, error.hint);
  }
}

const TWO_ENDS = 'Two ends are written as shop/web -> shop/db:5432/TCP, or internet -> shop/web';

/** Reads `A -> B:PORT/PROTOCOL`. Throws a UsageError. */
export function flowOf(text: string): Pick<Expectation, 'from' | 'to' | 'port' | 'protocol'> {
  const parts = text.split(/\s*(?:->|→)\s*/);
  const [source = '', target = ''] = parts;
  if (parts.length !== 2 || source === '' || target === '') throw new UsageError(`"${text}" has no two ends`, TWO_ENDS);
  const [from, to] = [source, target]
    .map((words) => parseEnds(words.split(/\s+/)))
    .map(([end, more]) => {
      // A word that would be passed over may have been half of what was meant.
      return more === undefined ? end : undefined;
    });
  if (from === undefined || to === undefined) throw new UsageError(`"${text}" has not just two ends`, TWO_ENDS);
  return { from, to, port: to.port, protocol: to.protocol };
}
