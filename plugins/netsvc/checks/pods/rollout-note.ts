import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef, type Ref } from '../../../../shared/model/refs.ts';
import { type TemplateChange, templateChanges } from '../../../../shared/model/rollout-changes.ts';
import { conditionOfWorkload, isOfCurrentRevision, revisionOf, rolloutOf } from '../../../../shared/model/rollouts.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { target } from './containers/workload-commands.ts';
import { heldBack } from './held-back.ts';
import { ownerKey } from './pod-groups.ts';
import type { ServicePod } from './service-pods.ts';

/** What a rollout has to do with pods that do not work. */
export interface RolloutNote {
  readonly evidence: readonly Evidence[];
  /** The way back, when the pods belong to a revision that followed another one. */
  readonly undo: Fix | undefined;
  /** Pods of older revisions that still serve. */
  readonly olderReady: number;
  readonly changes: readonly TemplateChange[];
  /** The way on, where a newer template waits. */
  readonly ahead?: Fix;
}

/** No rollout is under way, or it has nothing to do with the pods. */
export const NO_ROLLOUT: RolloutNote = { evidence: [], undo: undefined, olderReady: 0, changes: [] };

/** Compares the revision of the bad pods with the one before, when all of them are of the newest. */
export function rolloutNote(index: ClusterIndex, bad: readonly ServicePod[]): RolloutNote {
  const first = bad[0];
  if (first === undefined || new Set(bad.map(ownerKey)).size > 1) return NO_ROLLOUT;
  const held = heldBack(index, bad);
  if (held !== undefined) {
    const fact = `the template has changed since: ${joinNames(held.changes.map(changeInWords), 3)}; ${held.why}`;
    return { ...NO_ROLLOUT, ahead: held.fix, evidence: [{ fact, source: formatRef(first.owner) }] };
  }
  if (first.owner.kind === 'StatefulSet') return ofStatefulSet(bad, first);
  const rollout = rolloutOf(index, first.owner);
  if (rollout === undefined || !bad.every((entry) => isOfCurrentRevision(rollout, entry.pod))) return NO_ROLLOUT;
  return newestNote(index, first.owner);
}

/** Compares the newest revision of a Deployment with the one before. */
export function newestNote(index: ClusterIndex, owner: Ref): RolloutNote {
  const rollout = rolloutOf(index, owner);
  const { current, previous } = rollout ?? {};
  if (rollout === undefined || current === undefined || previous === undefined) return NO_ROLLOUT;
  const changes = templateChanges(previous.spec?.template, current.spec?.template);
  const revision = revisionOf(current);
  const when = ago(current.metadata?.creationTimestamp, index.now);
  const evidence: Evidence[] = [];
  if (changes.length > 0) {
    evidence.push({
      fact: `revision ${revision} changed ${joinNames(changes.map(changeInWords), 3)}${when === '' ? '' : `; made ${when}`}`,
      source: `ReplicaSet ${current.metadata?.namespace ?? ''}/${current.metadata?.name ?? ''}`,
    });
  }
  if (rollout.stuck) {
    evidence.push({
      fact: 'the rollout made no progress in time: ProgressDeadlineExceeded',
      source: `Deployment ${owner.namespace ?? ''}/${owner.name} status.conditions`,
    });
  }
  return {
    evidence,
    // A revision that was refused its pods is no place to go back to.
    undo:
      conditionOfWorkload(previous, 'ReplicaFailure')?.status === 'True'
        ? undefined
        : undoFix(owner, revision, revisionOf(previous), rollout.olderReady),
    olderReady: rollout.olderReady,
    changes,
  };
}

/** `kubectl rollout undo`, and how to undo that. */
export function undoFix(owner: Ref, revision: number, former: number, olderReady: number): Fix {
  const proof = olderReady === 0 ? '' : `, of which ${olderReady} ${olderReady === 1 ? 'pod is' : 'pods are'} Ready`;
  return {
    title: `go back to revision ${former}${proof}`,
    command: `kubectl rollout undo ${target(owner)}`,
    risk: olderReady > 0 ? 'none' : 'low',
    undo: `kubectl rollout undo ${target(owner)} --to-revision=${revision}`,
  };
}

/** A StatefulSet tells only that two revisions exist; their templates are in ControllerRevisions, which nobody reads. */
function ofStatefulSet(bad: readonly ServicePod[], first: ServicePod): RolloutNote {
  const { currentRevision, updateRevision } = first.workload?.object.status ?? {};
  if (currentRevision === undefined || updateRevision === undefined || currentRevision === updateRevision)
    return NO_ROLLOUT;
  const isNew = (entry: ServicePod): boolean =>
    entry.pod.metadata?.labels?.['controller-revision-hash'] === updateRevision;
  if (!bad.every(isNew)) return NO_ROLLOUT;
  return {
    evidence: [
      {
        fact: `the pods are of the new revision ${updateRevision}; ${currentRevision} is still in use`,
        source: `StatefulSet ${first.owner.namespace ?? ''}/${first.owner.name} status`,
      },
    ],
    undo: {
      title: `go back to revision ${currentRevision}`,
      command: `kubectl rollout undo ${target(first.owner)}`,
      risk: 'low',
      undo: `kubectl rollout undo ${target(first.owner)}`,
    },
    olderReady: 0,
    changes: [],
  };
}

/** `image of app from web:1 to web:2`. */
export function changeInWords(change: TemplateChange): string {
  const of = change.where === '' ? '' : ` of ${change.where}`;
  if (change.field === 'container') return `container ${change.where} (${change.after ?? ''})`;
  if (change.before === undefined || change.after === undefined) return `${change.field}${of}`;
  return `${change.field}${of} from ${change.before} to ${change.after}`;
}

/** The way back first when old pods prove that it works, else last. */
export function withUndo(note: RolloutNote, fixes: readonly Fix[]): readonly Fix[] {
  if (note.ahead !== undefined) return [note.ahead, ...fixes];
  if (note.undo === undefined) return fixes;
  return note.olderReady > 0 ? [note.undo, ...fixes] : [...fixes, note.undo];
}
