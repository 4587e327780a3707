import type { Evidence } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../../shared/model/objects.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { formatRef, refOf } from '../../../../../shared/model/refs.ts';
import { conditionOfWorkload, replicaSetsOf } from '../../../../../shared/model/rollouts.ts';
import { shorten } from '../../../../../shared/util/text.ts';
import { eventEvidence, QUOTE } from '../pod-evidence.ts';
import { workloadEvents } from '../workloads-behind.ts';

/** Pods that a controller wants and the API server refuses. */
export interface Refusal {
  readonly workload: OwnedWorkload;
  readonly message: string;
  /** How many pods are missing, of how many. */
  readonly missing: number;
  readonly wanted: number;
  readonly evidence: readonly Evidence[];
}

/**
 * The refusal that a workload suffers from now. Conditions are enough for Deployments and ReplicaSets; other kinds tell
 * it in events only.
 */
export function refusalOf(index: ClusterIndex, workload: OwnedWorkload): Refusal | undefined {
  const { missing, wanted } = missingPods(index, workload);
  if (missing <= 0) return undefined;
  const condition = failureCondition(index, workload);
  const event = lastRefusal(workloadEvents(index, workload), index.now);
  const message = condition?.message ?? event?.message;
  if (message === undefined) return undefined;
  const evidence: Evidence[] = [];
  if (condition !== undefined) {
    evidence.push({
      fact: `condition ReplicaFailure True, FailedCreate: "${shorten(condition.message, 2 * QUOTE)}"`,
      source: `${condition.source} status.conditions`,
    });
  }
  if (event !== undefined) evidence.push(eventEvidence(event, index.now));
  return { workload, message, missing, wanted, evidence };
}

/** Controllers retry at least every 17 minutes; an older refusal, or one before a success, is past. */
function lastRefusal(events: readonly ClusterEvent[], now: number): ClusterEvent | undefined {
  const failed = events.findLast((event) => event.reason === 'FailedCreate');
  const created = events.findLast((event) => event.reason === 'SuccessfulCreate');
  if (failed === undefined || now - Date.parse(failed.lastSeen) > 20 * 60_000) return undefined;
  return created !== undefined && created.lastSeen > failed.lastSeen ? undefined : failed;
}

/**
 * Of a Deployment the pods of its newest ReplicaSet count: during a rollout those of older ones are there, and the new
 * ones are refused.
 */
export function missingPods(index: ClusterIndex, workload: OwnedWorkload): { missing: number; wanted: number } {
  const { object, kind } = workload;
  const status = object.status;
  if (kind === 'DaemonSet') {
    const wanted = status?.desiredNumberScheduled ?? 0;
    return { missing: wanted - (status?.currentNumberScheduled ?? 0), wanted };
  }
  if (kind === 'Job') {
    const wanted = object.spec?.parallelism ?? 1;
    const done = (status?.active ?? 0) + (status?.succeeded ?? 0);
    return { missing: object.spec?.suspend === true ? 0 : wanted - done, wanted };
  }
  if (kind === 'CronJob') return { missing: 0, wanted: 0 };
  if (kind === 'Deployment') {
    // A ReplicaSet of an older template that is refused its pods has been overtaken: the refusal is mended already.
    const current = replicaSetsOf(index, workload.ref)[0];
    if ((current?.spec?.replicas ?? 0) > 0) {
      const missing = (current?.spec?.replicas ?? 0) - (current?.status?.replicas ?? 0);
      return { missing, wanted: Math.max(missing, object.spec?.replicas ?? 1) };
    }
  }
  const wanted = object.spec?.replicas ?? 1;
  return { missing: wanted - (status?.replicas ?? 0), wanted };
}

function failureCondition(
  index: ClusterIndex,
  workload: OwnedWorkload,
): { readonly message: string; readonly source: string } | undefined {
  const objects = [
    { object: workload.object, ref: workload.ref },
    ...(workload.kind === 'Deployment'
      ? replicaSetsOf(index, workload.ref).map((object) => ({ object, ref: refOf(object, 'ReplicaSet') }))
      : []),
  ];
  for (const { object, ref } of objects) {
    const condition = conditionOfWorkload(object, 'ReplicaFailure');
    if (condition?.status === 'True' && (condition.message ?? '') !== '') {
      return { message: condition.message ?? '', source: formatRef(ref) };
    }
  }
  return undefined;
}
