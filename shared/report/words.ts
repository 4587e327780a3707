import type { Fix } from '../messages/finding.ts';
import type { Report, RungResult } from './report.ts';

/** What a fix may do to traffic that works, in words. */
export const RISKS: Readonly<Record<Fix['risk'], string>> = {
  none: 'no risk',
  low: 'low risk',
  high: 'high risk: may disturb traffic that works',
};

/** The marks of the ladder on a terminal. */
export const MARKS: Readonly<Record<RungResult, string>> = { pass: '✓', fail: '✗', warn: '!', unknown: '?' };

/** The same where a mark alone would not be understood. */
export const HOP_WORDS: Readonly<Record<RungResult, string>> = {
  pass: 'ok',
  fail: 'fault',
  warn: 'warning',
  unknown: 'not seen',
};

/** `kubectl netsvc diagnose`. */
export function kubectlCall(report: Report): string {
  return `kubectl ${report.command}`;
}

/** Where the facts come from and when they were taken; manifests have no such time. */
export function factsWords({ source, takenAt }: Report): string {
  return takenAt === '' ? source : `${source}, ${takenAt}`;
}
