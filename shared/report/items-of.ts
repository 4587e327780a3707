import type { Report, ReportItem } from './report.ts';

/** The judged objects one by one: those of a sweep, or the report's own target. */
export function itemsOf(report: Report): readonly ReportItem[] {
  if (report.items !== undefined) return report.items;
  const { verdict, headline, causes, findings, notChecked } = report;
  const target = report.target ?? { kind: 'Cluster', name: report.source };
  return [{ target, verdict, headline, causes, findings, notChecked }];
}
