import { describe, expect, it } from 'vitest';
import { finding, report } from '../testing/reports.ts';
import type { Report } from './report.ts';
import { toldBy, withoutPassing } from './told.ts';

describe('what moves by itself', () => {
  it.each([
    ['last seen 3m ago', 'last seen 47m12s ago'],
    ['not ready for 45s', 'not ready for 2d4h'],
    ['changed 31s ago (2026-11-21T10:43:24Z)', 'changed 9m ago (2026-11-22T10:43:24.123Z)'],
    ['renewed 4 s ago', 'renewed 12.5 s ago'],
    ['renewed 1 second ago', 'renewed 40 seconds ago'],
    ['answers take 12 ms', 'answers take 1.5 ms'],
    ['12 % of queries fail', '99.5 % of queries fail'],
    ['restarted 4 times', 'restarted 1,234 times'],
    ['ended once', 'ended twice'],
    ['17 restarts, BackOff ×3', '18 restarts, BackOff ×41'],
    ['dropped 3 packets since it started', 'dropped 900 packets since it started'],
  ])('%s is %s', (before, after) => {
    expect(withoutPassing(before)).toBe(withoutPassing(after));
  });

  it.each([
    ['1 of 3 ready', '2 of 3 ready'],
    ['port 8080', 'port 8081'],
    ['Pod shop/web-5d', 'Pod shop/web-6d'],
    ['address 10.96.0.1', 'address 10.96.0.2'],
    ['3 pods are not ready', '2 pods are not ready'],
    ['exit code 1', 'exit code 137'],
    ['example/app:1.5', 'example/app:1.6'],
    ['node n1', 'node n2'],
  ])('%s is not %s', (before, after) => {
    expect(withoutPassing(before)).not.toBe(withoutPassing(after));
  });
});

describe('what a report tells', () => {
  const cause = finding({ summary: 'Pod web-1 restarted 4 times, last 3m ago' });
  const base: Partial<Report> = {
    causes: [cause],
    ladder: [{ name: 'pods', result: 'fail', note: '1 of 3 ready' }],
    sections: [
      { type: 'table', head: ['POD', 'AGE'], rows: [['web-1', '3m']] },
      { type: 'text', lines: ['Scanned: 3 pods'] },
    ],
    items: [
      {
        target: { kind: 'Service', namespace: 'shop', name: 'web' },
        verdict: 'broken',
        headline: '',
        causes: [cause],
        findings: [],
        notChecked: [],
      },
    ],
  };
  const told = (more: Partial<Report>): string => toldBy(report({ ...base, ...more }));

  it.each<[string, Partial<Report>]>([
    ['the time', { takenAt: '2026-03-01T13:00:00Z' }],
    ['the count of checks', { coverage: { ran: 3, of: 4 } }],
    ['evidence', { causes: [{ ...cause, evidence: [{ fact: 'exit code 1', source: '' }] }] }],
    ['counters of a summary', { causes: [{ ...cause, summary: 'Pod web-1 restarted 5 times, last 1s ago' }] }],
    ['what was scanned', { sections: [base.sections?.[0], { type: 'text', lines: ['Scanned: 4 pods'] }] as never }],
    ['ages in rows', { sections: [{ type: 'table', head: [], rows: [['web-1', '9m']] }, base.sections?.[1]] as never }],
  ])('%s is no news', (_, more) => {
    expect(told({ headline: cause.summary, ...more })).toBe(told({ headline: cause.summary }));
  });

  it.each<[string, Partial<Report>]>([
    ['the verdict', { verdict: 'degraded' }],
    ['its word', { word: 'DENIED' }],
    ['another cause', { causes: [cause, finding({ code: 'SVC301' })] }],
    ['none', { causes: [] }],
    ['its severity', { causes: [{ ...cause, severity: 'warning' }] }],
    ['its object', { causes: [{ ...cause, subject: { kind: 'Pod', namespace: 'shop', name: 'web-2' } }] }],
    ['its summary', { causes: [{ ...cause, summary: 'Pod web-1 does not listen' }] }],
    ['a line to paste', { causes: [{ ...cause, fixes: [{ title: '', command: 'kubectl get x', risk: 'none' }] }] }],
    ['a note', { findings: [finding({ severity: 'info' })] }],
    ['what was not checked', { notChecked: [{ check: 'nodes', reason: 'forbidden: list nodes' }] }],
    ['the ladder', { ladder: [{ name: 'pods', result: 'fail', note: '2 of 3 ready' }] }],
    ['a row', { sections: [{ type: 'table', head: [], rows: [['web-2', '3m']] }] }],
    ['a hop', { sections: [{ type: 'hops', hops: [{ name: 'name', result: 'pass', lines: [] }] }] }],
    ['an object of many', { items: [] }],
    ['what is accepted', { suppressed: [{ code: 'SVC101', subject: cause.subject, by: '--suppress' }] }],
  ])('%s is news', (_, more) => {
    expect(told(more)).not.toBe(told({}));
  });
});
