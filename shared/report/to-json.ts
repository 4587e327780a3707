import type { Finding } from '../messages/finding.ts';
import type { Report, ReportItem } from './report.ts';

/** The report as the stable JSON of the interface: keys in a fixed order, nothing internal. */
export function toJsonValue(report: Report): Record<string, unknown> {
  return {
    apiVersion: 'kubectl-net/v1',
    kind: 'Report',
    command: report.command,
    ...(report.target === undefined ? {} : { target: report.target }),
    takenAt: report.takenAt,
    source: report.source,
    verdict: report.verdict,
    headline: report.headline,
    causes: report.causes.map(findingValue),
    findings: report.findings.map(findingValue),
    notChecked: report.notChecked,
    coverage: report.coverage,
    ladder: report.ladder,
    ...(report.suppressed === undefined || report.suppressed.length === 0 ? {} : { suppressed: report.suppressed }),
    ...(report.items === undefined ? {} : { items: report.items.map(itemValue) }),
    ...report.data,
  };
}

function itemValue(item: ReportItem): Record<string, unknown> {
  const { target, verdict, headline, causes, findings, notChecked } = item;
  return {
    target,
    verdict,
    headline,
    causes: causes.map(findingValue),
    findings: findings.map(findingValue),
    notChecked,
  };
}

function findingValue(finding: Finding): Record<string, unknown> {
  const { code, slug, severity, confidence, subject, line, summary, evidence, fixes, explain } = finding;
  const place = line === undefined ? {} : { line };
  return { code, slug, severity, confidence, subject, ...place, summary, evidence, fixes, explain };
}
