import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { ownerWorkload, topOwner } from '../../../../../shared/model/owners.ts';
import { isFinished, podKey } from '../../../../../shared/model/pods.ts';
import { refKey, refOf } from '../../../../../shared/model/refs.ts';
import { podsMatching } from '../../../../../shared/model/services.ts';
import { formatDuration } from '../../../../../shared/util/duration.ts';
import { compareText, joinAnd, joinNames } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { podKeys, thePods } from '../pod-groups.ts';
import { podsIn, readyPods, servicePods } from '../service-pods.ts';
import { POD_USES, stayingPods, waitsForEnd, workloadsBehind } from '../workloads-behind.ts';

/** Past the end of the grace period the kubelet needs seconds, not half a minute. */
const OVERDUE = 30_000;

/** Pods on their way out: a pod that cannot be removed, and a Service of which only such pods are left. */
export const podsTerminating = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-terminating',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const stuck = stuckPods(index, subject);
    const findings = stuck.length === 0 ? [] : [stuckFinding(index, subject, stuck)];
    const only = onlyTerminating(index, subject, new Set(stuck.map(podKey)));
    return only === undefined ? findings : [...findings, only];
  },
});

/** Overdue pods that keep something from going on: the Service has no other, or a StatefulSet waits for the name. */
function stuckPods(index: ClusterIndex, subject: ServiceSubject): readonly Pod[] {
  const alone = stayingPods(index, subject).length === 0;
  return podsMatching(index, subject.namespace, subject.selector ?? {}).filter((pod) => {
    const deadline = Date.parse(pod.metadata?.deletionTimestamp ?? '');
    if (Number.isNaN(deadline)) return false;
    if (index.now - deadline < OVERDUE && !isHeld(pod)) return false;
    return alone || topOwner(index, pod)?.kind === 'StatefulSet';
  });
}

/** Its containers have ended and a finalizer is left: the kubelet is done with it, whatever the time is. */
function isHeld(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  const done =
    isFinished(pod) || (statuses.length > 0 && statuses.every((status) => status.state?.terminated !== undefined));
  return done && (pod.metadata?.finalizers ?? []).length > 0;
}

function stuckFinding(index: ClusterIndex, subject: ServiceSubject, stuck: readonly Pod[]): Finding {
  const [first] = stuck;
  const meta = first?.metadata ?? {};
  const owner = first === undefined ? undefined : topOwner(index, first);
  const names = stuck.map((pod) => pod.metadata?.name ?? '').sort(compareText);
  const finalizers = [...new Set(stuck.flatMap((pod) => pod.metadata?.finalizers ?? []))].sort(compareText);
  const node = first?.spec?.nodeName;
  const overdue = index.now - Date.parse(meta.deletionTimestamp ?? '');
  const of = owner === undefined ? '' : ` of ${owner.kind} ${owner.name}`;
  const waits = owner?.kind === 'StatefulSet' ? `; ${owner.kind} ${owner.name} waits for it` : '';
  const ready = readyPods(servicePods(index, subject)).length;
  return podsMessages.SVC246.raise({
    subject: owner ?? (first === undefined ? subject.ref : refOf(first, 'Pod')),
    args: {
      pods: `${names.length === 1 ? 'pod' : 'pods'} ${joinNames(names, 2)}${of} (Terminating)`,
      since: Number.isNaN(overdue) || overdue <= 0 ? '' : ` since ${formatDuration(overdue)}`,
      holder:
        (finalizers.length > 0
          ? `finalizer ${joinAnd(finalizers)} is still set`
          : `node ${node ?? 'unknown'} has not confirmed that its containers ended`) + waits,
    },
    pods: stuck.map(podKey).sort(compareText),
    severity: ready === 0 ? 'critical' : 'warning',
    impact: ready === 0 ? 1 : 0.1,
    evidence: [
      {
        fact: `deletionTimestamp ${meta.deletionTimestamp ?? ''}, grace period included`,
        source: `Pod ${meta.namespace ?? ''}/${meta.name ?? ''} metadata`,
      },
      ...(finalizers.length > 0
        ? [
            {
              fact: `finalizers ${finalizers.join(', ')}`,
              source: `Pod ${meta.namespace ?? ''}/${meta.name ?? ''} metadata`,
            },
          ]
        : []),
    ],
    fixes: stuckFixes(meta.name ?? '', meta.namespace ?? '', finalizers, node),
  });
}

function stuckFixes(
  name: string,
  namespace: string,
  finalizers: readonly string[],
  node: string | undefined,
): readonly Fix[] {
  if (finalizers.length > 0) {
    return [
      {
        title: 'take the finalizers off, when the controller that set them is gone',
        command: `kubectl patch pod ${name} -n ${namespace} --type=merge -p '{"metadata":{"finalizers":null}}'`,
        risk: 'high',
      },
    ];
  }
  return [
    ...(node === undefined
      ? []
      : [{ title: 'see whether the node is well', command: `kubectl describe node ${node}`, risk: 'none' as const }]),
    {
      title: 'when the node is known to be off: delete the pod by force',
      command: `kubectl delete pod ${name} -n ${namespace} --grace-period=0 --force`,
      risk: 'high',
    },
  ];
}

function onlyTerminating(
  index: ClusterIndex,
  subject: ServiceSubject,
  stuck: ReadonlySet<string>,
): Finding | undefined {
  const all = servicePods(index, subject);
  const leaving = podsIn(all, 'terminating').filter((entry) => !stuck.has(entry.key));
  if (leaving.length === 0 || leaving.length < all.length) return undefined;
  const behind = workloadsBehind(index, subject).filter(({ object }) => (object.spec?.replicas ?? 1) > 0);
  const owner = leaving[0]?.owner ?? subject.ref;
  const workload = leaving[0] === undefined ? undefined : ownerWorkload(index, leaving[0].pod);
  const known = index.seen('Deployment', subject.namespace).status === 'ok';
  const gone = workload === undefined && known && owner.kind === 'Deployment';
  const waits = behind.find((one) => waitsForEnd(one) && refKey(one.ref) === refKey(owner));
  const way = waits?.kind === 'StatefulSet' ? 'StatefulSet' : 'strategy Recreate';
  return podsMessages.SVC245.raise({
    subject: owner,
    args: {
      pods: thePods(leaving, all),
      one: leaving.length === 1,
      detail: gone
        ? `; ${owner.kind} ${owner.name} does not exist any more`
        : waits === undefined
          ? ''
          : `; ${owner.name} (${way}) makes a new one only after that${graceLeft(index, leaving[0]?.pod)}`,
    },
    pods: podKeys(leaving),
    ...(waits === undefined ? {} : { severity: 'critical' }),
    confidence: waits === undefined && behind.length > 0 ? 'possible' : 'likely',
    impact: 0.9,
    evidence: leaving.slice(0, 2).map(({ key, pod: { metadata, spec } }) => ({
      fact: `deletionTimestamp ${metadata?.deletionTimestamp ?? ''}, terminationGracePeriodSeconds ${spec?.terminationGracePeriodSeconds ?? 30}`,
      source: `Pod ${key}`,
    })),
    fixes: [
      ...(waits === undefined ? [] : leaving.slice(0, 1).map(({ name }) => endNow(subject.namespace, name))),
      {
        title: 'see what becomes of them',
        command: `kubectl get pods -n ${subject.namespace} -l ${Object.entries(subject.selector ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(',')} -w`,
        risk: 'none',
      },
    ],
  });
}

/** `, in up to 12m`: as long as the containers may take to end. */
function graceLeft(index: ClusterIndex, pod: Pod | undefined): string {
  const left = Date.parse(pod?.metadata?.deletionTimestamp ?? '') - index.now;
  return left > 0 ? `, in up to ${formatDuration(left)}` : '';
}

/** A runtime that was told to wait does not listen to a second, shorter deletion: only the object can be taken away. */
function endNow(namespace: string, name: string): Fix {
  return {
    title: 'make room at once, where two of them may run side by side: its process may live until the end of that time',
    command: `kubectl delete pod ${name} -n ${namespace} --grace-period=0 --force`,
    risk: 'high',
  };
}
