import { compareText } from '../util/text.ts';
import type { DnsRecord, RecordType } from './records.ts';
import type { ServerAnswers } from './server-answers.ts';
import type { WireQuestion } from './wire.ts';

/** One name and type for which a server says something else than was promised. */
export interface RecordDifference {
  readonly pod: string;
  readonly name: string;
  readonly type: RecordType;
  readonly rcode: string;
  /** Promised and not served. */
  readonly missing: readonly string[];
  /** Served and not promised: stale, or of somebody else. */
  readonly extra: readonly string[];
}

/** Each promised name and type once. */
export function questionsFor(records: readonly DnsRecord[]): readonly WireQuestion[] {
  const questions = new Map<string, WireQuestion>();
  for (const { name, type } of records) questions.set(`${name} ${type}`, { name, type });
  return [...questions.values()];
}

/**
 * What a server serves otherwise than promised. A PTR of an endpoint may name further Services that it stands behind, and
 * an answer for an alias goes on with the records of its target.
 */
export function compareRecords(
  promised: readonly DnsRecord[],
  { pod, answers }: ServerAnswers,
  domain: string,
): readonly RecordDifference[] {
  const wanted = new Map<string, Set<string>>();
  for (const { name, type, data } of promised) {
    const key = `${name} ${type}`;
    const set = wanted.get(key);
    if (set === undefined) wanted.set(key, new Set([tidy(type, data)]));
    else set.add(tidy(type, data));
  }
  const differences: RecordDifference[] = [];
  for (const { name, type, rcode, answers: records } of answers) {
    const due = wanted.get(`${name} ${type}`) ?? new Set<string>();
    const served = new Set(
      records.filter((record) => record.type === type && record.name === name).map(({ data }) => tidy(type, data)),
    );
    const missing = [...due].filter((data) => !served.has(data)).sort(compareText);
    const extra = [...served]
      .filter((data) => !due.has(data) && !(type === 'PTR' && data.endsWith(`.svc.${domain}`)))
      .sort(compareText);
    if (missing.length > 0 || extra.length > 0) {
      differences.push({ pod, name, type: type as RecordType, rcode, missing, extra });
    }
  }
  return differences;
}

/** One way of writing an IPv6 address; texts of records are compared as they are. */
function tidy(type: string, data: string): string {
  if (type !== 'AAAA') return data.toLowerCase();
  const halves = data.toLowerCase().split('::');
  const groups = (half: string | undefined): readonly string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const zeros = halves.length === 1 ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}
