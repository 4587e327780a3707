import { describe, expect, it } from 'vitest';
import type { Finding, Severity } from '../messages/finding.ts';
import type { Report } from './report.ts';
import { suppressReport } from './suppress.ts';

function finding(code: string, severity: Severity): Finding {
  return {
    code,
    slug: `slug-of-${code.toLowerCase()}`,
    severity,
    confidence: 'proven',
    subject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    summary: `${code} happened`,
    evidence: [],
    fixes: [],
    explain: '',
    role: severity === 'info' ? 'note' : 'cause',
    rung: 50,
    impact: 1,
    covers: [],
  };
}

const report: Report = {
  command: 'netsvc diagnose',
  target: { kind: 'Service', namespace: 'shop', name: 'web' },
  takenAt: '2026-03-01T12:00:00Z',
  source: 'snapshot test',
  verdict: 'broken',
  headline: 'SVC101 happened',
  causes: [finding('SVC101', 'critical'), finding('SVC305', 'warning')],
  findings: [finding('SVC115', 'info')],
  notChecked: [],
  coverage: { ran: 1, of: 1 },
  ladder: [],
};

describe('suppression', () => {
  it('of the first cause leaves the second, and states the verdict anew', () => {
    const kept = suppressReport(report, [{ code: 'SVC101', by: 'me' }]);
    expect(kept).toMatchObject({ verdict: 'degraded', headline: 'SVC305 happened' });
    expect(kept.suppressed).toEqual([{ code: 'SVC101', subject: report.causes[0]?.subject, by: 'me' }]);
  });

  it('of all causes says that only these were found', () => {
    const kept = suppressReport(report, [{ code: 'SVC*', where: 'shop/web', by: 'me' }]);
    expect(kept).toMatchObject({
      verdict: 'healthy',
      headline: 'nothing but suppressed findings: SVC101, SVC305, SVC115',
      causes: [],
      findings: [],
    });
  });

  it('goes by the target or by the object to blame', () => {
    for (const where of ['shop/web', 'shop/web-*', '*/web-1', '*']) {
      expect(suppressReport(report, [{ code: 'SVC101', where, by: '' }]).causes.length).toBe(1);
    }
    expect(suppressReport(report, [{ code: 'SVC101', where: 'bank/web', by: '' }])).toBe(report);
  });

  it('never makes an unknown verdict healthy', () => {
    const unknown: Report = { ...report, verdict: 'unknown', causes: [finding('SVC001', 'critical')] };
    expect(suppressReport(unknown, [{ code: 'SVC001', by: '' }]).verdict).toBe('unknown');
  });
});
