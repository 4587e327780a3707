import { OWN_FAULT } from '../diagnose/run-checks.ts';
import type { Report } from '../report/report.ts';

/** The report as it is; a test fails with the check that failed in it, which costs a user only that check. */
export function withoutOwnFault(report: Report): Report {
  const own = report.notChecked.find(({ reason }) => reason.includes(OWN_FAULT));
  if (own !== undefined) throw new Error(own.reason);
  return report;
}
