import type { FailOn } from './report.ts';

/** How a report is to look; nothing here changes what it says. */
export interface View {
  /** Columns of text: 80, because longer lines are hard to read. */
  readonly width: number;
  /** Columns of tables: those of the terminal. */
  readonly tableWidth: number;
  readonly color: boolean;
  readonly failOn: FailOn;
}
