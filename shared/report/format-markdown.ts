import type { Report } from './report.ts';

export function formatMarkdown(report: Report, ..._rest: readonly unknown[]): string {
  return report.headline;
}
