import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import type { Asked } from './ask.ts';

/** The answer about something that could not be looked at. */
export function unseenReport(
  { snapshot, index, gaps }: Asked,
  command: string,
  { what, reason }: { readonly what: string; readonly reason: string },
): Report {
  return {
    command,
    target: undefined,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: 'unknown',
    headline: `could not tell: ${what} could not be looked at (${reason})`,
    causes: [],
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: 0, of: 1 },
    ladder: [],
    layout: 'answer',
  };
}
