import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { OwnedWorkload } from '../../../../shared/model/owners.ts';
import { templateChanges } from '../../../../shared/model/rollout-changes.ts';
import { revisionOf, rolloutOf } from '../../../../shared/model/rollouts.ts';
import { NO_ROLLOUT, type RolloutNote, undoFix } from './rollout-note.ts';

/** The way back of a workload whose newest revision has no pods at all: there is none to ask for its revision. */
export function workloadUndo(index: ClusterIndex, workload: OwnedWorkload): RolloutNote {
  const rollout = rolloutOf(index, workload.ref);
  const { current, previous } = rollout ?? {};
  if (rollout === undefined || current === undefined || previous === undefined) return NO_ROLLOUT;
  // Scaled up or refused in the same revision: going back would not help.
  if ((current.status?.replicas ?? 0) > 0) return NO_ROLLOUT;
  const changes = templateChanges(previous.spec?.template, current.spec?.template);
  if (changes.length === 0) return NO_ROLLOUT;
  return {
    evidence: [],
    undo: undoFix(workload.ref, revisionOf(current), revisionOf(previous), rollout.olderReady),
    olderReady: rollout.olderReady,
    changes,
  };
}
