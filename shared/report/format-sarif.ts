import type { Report } from './report.ts';

export function sarifValue(report: Report): unknown {
  return report;
}
