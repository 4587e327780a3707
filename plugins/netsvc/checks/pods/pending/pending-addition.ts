import type { Evidence, Fix } from '../../../../../shared/messages/finding.ts';

/** What the objects add to the scheduler's words. */
export interface PendingDetail {
  /** With its leading separator; may be empty. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

export const NO_DETAIL: PendingDetail = { words: '', evidence: [], fixes: [] };
