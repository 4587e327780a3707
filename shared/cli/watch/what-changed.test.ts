import { describe, expect, it } from 'vitest';
import type { Report, ReportItem, Verdict } from '../../report/report.ts';
import { finding, report } from '../../testing/reports.ts';
import { briefOf, changeWords } from './what-changed.ts';

function changed(before: Partial<Report>, now: Partial<Report>): string {
  return changeWords(
    briefOf({ type: 'report', report: report(before) }),
    briefOf({ type: 'report', report: report(now) }),
  );
}

function item(name: string, verdict: Verdict, namespace = 'shop'): ReportItem {
  const target = { kind: 'Service', namespace, name };
  return { target, verdict, headline: '', causes: [], findings: [], notChecked: [] };
}

describe('what has changed, in a few words', () => {
  const codes = (...names: readonly string[]): Partial<Report> => ({ causes: names.map((code) => finding({ code })) });
  const items = (...list: readonly ReportItem[]): Partial<Report> => ({ target: undefined, items: list });
  const [web, pay] = [item('web', 'broken'), item('pay', 'healthy')];

  it.each<[Partial<Report>, Partial<Report>, string]>([
    [{ verdict: 'broken' }, { verdict: 'healthy' }, 'broken → healthy'],
    [{ word: 'DENIED' }, { word: 'ALLOWED' }, 'denied → allowed'],
    [{ word: '', verdict: 'healthy' }, { word: 'INCOMPLETE', verdict: 'unknown' }, 'healthy → incomplete'],
    [codes('SVC101'), codes('SVC301'), 'SVC101 is gone, SVC301 is new'],
    [codes('SVC101'), codes('SVC101', 'SVC301'), 'SVC301 is new'],
    [{}, { headline: 'another' }, 'changed'],
    [items(web, pay), items(item('web', 'healthy'), pay), 'shop/web broken → healthy'],
    [items(web), items(web, pay), 'shop/pay is new'],
    [items(web, pay), items(web), 'shop/pay is gone'],
    [items(web, pay), items(item('web', 'healthy'), item('pay', 'broken')), '2 of 2 changed'],
    [items(web, pay), items(pay, web), 'changed'],
  ])('%#', (before, now, words) => {
    expect(changed(before, now)).toBe(words);
  });

  it('leaves the namespace out where the report is on one', () => {
    const target = { kind: 'Namespace', name: 'shop' };
    expect(changed({ target, items: [web] }, { target, items: [item('web', 'degraded')] })).toBe(
      'web broken → degraded',
    );
  });

  it('fits beside the time, or says less', () => {
    const all = ['SVC101', 'SVC102', 'SVC103', 'SVC104', 'SVC105', 'SVC106', 'SVC107'];
    expect(changed(codes(...all), codes())).toBe('changed');
  });

  it('of what is no report nothing is known', () => {
    const brief = briefOf({ type: 'text', text: 'a' });
    expect(changeWords(brief, brief)).toBe('changed');
  });
});
