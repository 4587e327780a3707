import { describe, expect, it } from 'vitest';
import { finding, report } from '../testing/reports.ts';
import { suppressReport } from './suppress.ts';

const given = report({
  causes: [finding({ code: 'SVC101' }), finding({ code: 'SVC305', severity: 'warning' })],
  findings: [finding({ code: 'SVC115', severity: 'info' })],
});

describe('suppression', () => {
  it('of the first cause leaves the second, and states the verdict anew', () => {
    const kept = suppressReport(given, [{ code: 'SVC101', by: 'me' }]);
    expect(kept).toMatchObject({ verdict: 'degraded', headline: 'SVC305 happened' });
    expect(kept.suppressed).toEqual([{ code: 'SVC101', subject: given.causes[0]?.subject, by: 'me' }]);
  });

  it('of all causes says that only these were found', () => {
    const kept = suppressReport(given, [{ code: 'SVC*', where: 'shop/web', by: 'me' }]);
    expect(kept).toMatchObject({
      verdict: 'healthy',
      headline: 'nothing but suppressed findings: SVC101, SVC305, SVC115',
      causes: [],
      findings: [],
    });
  });

  it('goes by the target or by the object to blame', () => {
    for (const where of ['shop/web', 'shop/web-*', '*/web-1', '*']) {
      expect(suppressReport(given, [{ code: 'SVC101', where, by: '' }]).causes.length).toBe(1);
    }
    expect(suppressReport(given, [{ code: 'SVC101', where: 'bank/web', by: '' }])).toBe(given);
  });

  it('never makes an unknown verdict healthy', () => {
    const unknown = report({ verdict: 'unknown', causes: [finding({ code: 'SVC001' })] });
    expect(suppressReport(unknown, [{ code: 'SVC001', by: '' }]).verdict).toBe('unknown');
  });
});
