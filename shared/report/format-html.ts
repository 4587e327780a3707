import type { Report } from './report.ts';

export function formatHtml(report: Report, ..._rest: readonly unknown[]): string {
  return report.headline;
}
