import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { isAbsent } from '../../../../../shared/model/pod-state-preparing.ts';
import { formatRef, refKey } from '../../../../../shared/model/refs.ts';
import { replicaSetsOf } from '../../../../../shared/model/rollouts.ts';
import { parseQuantity } from '../../../../../shared/util/quantity.ts';
import { plural } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { podRequest } from '../pending/resource-amounts.ts';
import { podsIn, servicePods } from '../service-pods.ts';
import {
  isManifestOnly,
  nameOfWorkload,
  stayingPods,
  WORKLOAD_USES,
  waitsForEnd,
  workloadsBehind,
} from '../workloads-behind.ts';
import { missingPods, refusalOf } from './creation-refusals.ts';

const PATIENCE = 20_000;

/** A workload behind the Service wants pods, has none, and nothing else tells why. */
export const workloadHasNoPods = defineCheck<ServiceSubject>({
  id: 'netsvc/workload-has-no-pods',
  group: 'pods',
  needs: ['Pod'],
  uses: [...WORKLOAD_USES, 'ResourceQuota', 'ServiceAccount', 'Node'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    if (stayingPods(index, subject).length > 0) return [];
    const leaving = podsIn(servicePods(index, subject), 'terminating');
    return workloadsBehind(index, subject)
      .filter(
        (workload) => !(waitsForEnd(workload) && leaving.some(({ owner }) => refKey(owner) === refKey(workload.ref))),
      )
      .filter((workload) => isUnexplained(index, workload))
      .map((workload) => raise(index, subject, workload));
  },
});

function isUnexplained(index: ClusterIndex, workload: OwnedWorkload): boolean {
  const { object, kind } = workload;
  if (kind === 'CronJob' || kind === 'Job' || isManifestOnly(workload)) return false;
  if (object.spec?.replicas === 0 || missingPods(index, workload).missing <= 0) return false;
  if (kind === 'Deployment' && object.spec?.paused === true) return false;
  if (refusalOf(index, workload) !== undefined) return false;
  return Object.keys(object.status ?? {}).length > 0;
}

/** A new workload gets its first pod within seconds; so does a new revision. */
function isYoung(index: ClusterIndex, workload: OwnedWorkload): boolean {
  const newest = replicaSetsOf(index, workload.ref)[0]?.metadata?.creationTimestamp;
  return [workload.object.metadata?.creationTimestamp, newest].some(
    (time) => index.now - Date.parse(time ?? '') < PATIENCE,
  );
}

function raise(index: ClusterIndex, subject: ServiceSubject, workload: OwnedWorkload): Finding {
  const { wanted } = missingPods(index, workload);
  const suspect = suspectOf(index, workload);
  const evidence: Evidence[] = [
    {
      fact: `wants ${plural(wanted, 'pod')}; status.replicas is ${workload.object.status?.replicas ?? 0}`,
      source: formatRef(workload.ref),
    },
    ...(suspect === undefined ? [] : [suspect.evidence]),
  ];
  if (index.seen('Event', subject.namespace).status !== 'ok') {
    evidence.push({ fact: 'events, which would tell why, were not read', source: 'coverage' });
  }
  return podsMessages.SVC212.raise({
    subject: workload.ref,
    args: {
      workload: nameOfWorkload(workload),
      wanted: plural(wanted, 'pod'),
      state: suspect === undefined ? '' : `; likely because ${suspect.words}`,
    },
    ...(isYoung(index, workload) ? { severity: 'warning' as const, confidence: 'possible' as const, impact: 0.9 } : {}),
    evidence,
    fixes: [
      {
        title: 'see what its controller says',
        command: `kubectl describe ${workload.kind.toLowerCase()} ${workload.ref.name} -n ${subject.namespace}`,
        risk: 'none',
      },
    ],
  });
}

/** A controller that does nothing, a quota without room, a service account that is absent: what objects alone can show. */
function suspectOf(
  index: ClusterIndex,
  workload: OwnedWorkload,
): { readonly words: string; readonly evidence: Evidence } | undefined {
  const { generation } = workload.object.metadata ?? {};
  const observed = workload.object.status?.observedGeneration;
  if (generation !== undefined && observed !== undefined && observed < generation) {
    return {
      words: `its controller has not acted on the last change (generation ${generation}, observed ${observed})`,
      evidence: {
        fact: `metadata.generation ${generation}, status.observedGeneration ${observed}`,
        source: formatRef(workload.ref),
      },
    };
  }
  const namespace = workload.ref.namespace ?? '';
  const spec = workload.template?.spec;
  const account = spec?.serviceAccountName ?? '';
  if (isAbsent(index, 'ServiceAccount', namespace, account)) {
    return {
      words: `serviceaccount "${account}" not found`,
      evidence: {
        fact: `serviceAccountName ${account} is not among the service accounts`,
        source: formatRef(workload.ref),
      },
    };
  }
  for (const quota of index.list('ResourceQuota', namespace)) {
    const { hard = {}, used = {} } = quota.status ?? {};
    for (const [resource, limit] of Object.entries(hard)) {
      const each = resource === 'pods' ? 1 : podRequest(spec, resource.replace(/^requests\./, ''));
      if (resource.startsWith('limits.') || resource.startsWith('count/') || each === 0) continue;
      if ((parseQuantity(used[resource]) ?? 0) + each <= (parseQuantity(limit) ?? Number.POSITIVE_INFINITY)) continue;
      const name = quota.metadata?.name ?? '';
      return {
        words: `ResourceQuota ${name} has no room (${resource}: used ${used[resource] ?? 0} of ${limit})`,
        evidence: {
          fact: `${resource}: used ${used[resource] ?? 0}, hard ${limit}`,
          source: `ResourceQuota ${namespace}/${name} status`,
        },
      };
    }
  }
  return undefined;
}
