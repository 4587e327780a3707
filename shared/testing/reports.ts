import type { Finding } from '../messages/finding.ts';
import type { Report } from '../report/report.ts';

/** A critical finding, complete but for what a test says of it. */
export function finding(given: Partial<Finding> = {}): Finding {
  const code = given.code ?? 'SVC101';
  return {
    code,
    slug: `slug-of-${code.toLowerCase()}`,
    severity: 'critical',
    confidence: 'proven',
    subject: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    summary: `${code} happened`,
    evidence: [],
    fixes: [],
    explain: '',
    role: given.severity === 'info' ? 'note' : 'cause',
    rung: 50,
    impact: 1,
    covers: [],
    ...given,
  };
}

/** A report on one Service, complete but for what a test says of it. */
export function report(given: Partial<Report> = {}): Report {
  return {
    command: 'netsvc diagnose',
    target: { kind: 'Service', namespace: 'shop', name: 'web' },
    takenAt: '2026-03-01T12:00:00Z',
    source: 'snapshot test',
    verdict: 'broken',
    headline: given.causes?.[0]?.summary ?? 'SVC101 happened',
    causes: [],
    findings: [],
    notChecked: [],
    coverage: { ran: 1, of: 1 },
    ladder: [],
    ...given,
  };
}
