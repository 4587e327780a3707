import type { FailOn } from './report.ts';

/** How a report is to look; nothing here changes what it says. */
export interface View {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  readonly failOn: FailOn;
}
