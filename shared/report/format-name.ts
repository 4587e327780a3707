import type { Report } from './report.ts';

export function formatNames(report: Report, ..._rest: readonly unknown[]): string {
  return report.headline;
}
