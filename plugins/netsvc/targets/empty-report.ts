import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';

/** What all reports of one answer have in common. */
export interface Frame {
  readonly command: string;
  readonly source: string;
  readonly index: ClusterIndex;
}

/** A report that tells nothing yet. */
export function emptyReport(frame: Frame, target: Ref): Report {
  return {
    command: frame.command,
    target,
    takenAt: frame.index.takenAt,
    source: frame.source,
    verdict: 'unknown',
    headline: '',
    causes: [],
    findings: [],
    notChecked: [],
    coverage: { ran: 0, of: 0 },
    ladder: [],
  };
}
