import type { Check } from '../../../shared/diagnose/check.ts';
import type { MisreadWord } from '../../../shared/model/snapshot.ts';

/** What the checks of the whole scope judge. */
export interface ClusterSubject {
  /** The namespace asked about; undefined for all. */
  readonly namespace: string | undefined;
  /** Words of the files that kubectl reads otherwise. */
  readonly misread: readonly MisreadWord[];
}

export type ClusterCheck = Check<ClusterSubject>;
