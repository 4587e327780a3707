import type { Report } from './report.ts';

export function formatJunit(report: Report, ..._rest: readonly unknown[]): string {
  return report.headline;
}
