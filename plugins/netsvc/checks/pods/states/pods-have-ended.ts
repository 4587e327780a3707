import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../../shared/model/objects-pod.ts';
import { ownerOrPod, ownerWorkload } from '../../../../../shared/model/owners.ts';
import { isFinished, isReady, isTerminating, podKey } from '../../../../../shared/model/pods.ts';
import { type Ref, refKey } from '../../../../../shared/model/refs.ts';
import { podsMatching } from '../../../../../shared/model/services.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { compareText, joinNames, shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { exitInWords } from '../containers/exit-codes.ts';
import { groupBy } from '../pod-groups.ts';
import { stayingPods, WORKLOAD_USES, workloadsBehind } from '../workloads-behind.ts';
import { evictionOf } from './eviction.ts';

/** Reasons with which the kubelet or the control plane ends a pod before or against its will. */
const REJECTED =
  /^(\w+Forbidden|OutOf\w+|UnexpectedAdmissionError|NodeAffinity|NodeShutdown|Terminated|Preempted|Preempting|Evicted|NodeLost|Shutdown|TopologyAffinityError|InvalidNodeInfo|AppArmor|PodOSSelectorNodeLabelDoesNotMatch|DeadlineExceeded)$/;

/** Of those the ones that the next pod meets as well, at once. */
const AT_ONCE =
  /^(\w+Forbidden|OutOf\w+|UnexpectedAdmissionError|NodeAffinity|TopologyAffinityError|AppArmor|PodOS\w+)$/;
/** So many within ten minutes are no mishap of one moment. */
const OFTEN = 3;
const LATELY = 600_000;

/** All pods that the Service selects have ended. Ended pods beside running ones are leftovers and no fault. */
export const podsHaveEnded = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-have-ended',
  group: 'pods',
  needs: ['Pod'],
  uses: WORKLOAD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    if (stayingPods(index, subject).length > 0) return refusedAgain(index, subject);
    const ended = podsMatching(index, subject.namespace, subject.selector ?? {}).filter(
      (pod) => isFinished(pod) && !isTerminating(pod),
    );
    // A workload that is scaled to 0 or done leaves ended pods behind; that is told by its own check.
    const idle = new Set(
      workloadsBehind(index, subject)
        .filter(({ kind, object }) => kind === 'Job' || kind === 'CronJob' || object.spec?.replicas === 0)
        .map(({ ref }) => refKey(ref)),
    );
    const telling = ended.filter((pod) => {
      const owner = ownerOrPod(index, pod);
      return !idle.has(refKey(owner)) && owner.kind !== 'Job' && owner.kind !== 'CronJob';
    });
    return groupBy(telling, (pod) => groupOf(index, pod)).map((group) => raise(index, group));
  },
});

/** A controller makes another pod for each that a kubelet refuses; whichever is new at the moment is refused next. */
function refusedAgain(index: ClusterIndex, subject: ServiceSubject): readonly Finding[] {
  const staying = stayingPods(index, subject);
  if (staying.some(isReady)) return [];
  const refused = podsMatching(index, subject.namespace, subject.selector ?? {}).filter(
    (pod) =>
      isFinished(pod) &&
      AT_ONCE.test(reasonOf(index, pod)) &&
      index.now - Date.parse(pod.metadata?.creationTimestamp ?? '') < LATELY,
  );
  return groupBy(refused, (pod) => groupOf(index, pod)).flatMap((group) => {
    const owner = refKey(ownerOrPod(index, group[0]));
    const next = staying.filter((pod) => refKey(ownerOrPod(index, pod)) === owner);
    if (group.length < OFTEN || next.length === 0) return [];
    const finding = raise(index, group);
    return [{ ...finding, pods: [...(finding.pods ?? []), ...next.map(podKey)] }];
  });
}

/** Pods of one workload that ended for one reason; pods that nobody owns are alike where the kubelet ended them. */
function groupOf(index: ClusterIndex, pod: Pod): string {
  const owner = ownerOrPod(index, pod);
  const reason = reasonOf(index, pod);
  return `${owner.kind === 'Pod' && REJECTED.test(reason) ? 'Pod' : refKey(owner)} ${reason}`;
}

/** Why it ended, in one word: also where only an event says that it was evicted. */
function reasonOf(index: ClusterIndex, pod: Pod): string {
  return pod.status?.reason ?? (evictionOf(index, pod) === undefined ? '' : 'Evicted');
}

function raise(index: ClusterIndex, group: readonly [Pod, ...Pod[]]): Finding {
  const newest = [...group].sort((a, b) =>
    compareText(b.metadata?.creationTimestamp ?? '', a.metadata?.creationTimestamp ?? ''),
  )[0];
  const pod = newest ?? group[0];
  const owner = ownerOrPod(index, pod);
  const names = group.map((member) => member.metadata?.name ?? '').sort(compareText);
  const of = owner.kind === 'Pod' ? '' : ` of ${owner.kind} ${owner.name}`;
  const pods = `${names.length === 1 ? 'pod' : 'pods'} ${joinNames(names, 2)}${of}`;
  const reason = reasonOf(index, pod);
  const message = shorten(pod.status?.message ?? evictionOf(index, pod)?.message ?? '', 200);
  const evidence: Evidence[] = [
    {
      fact: `phase ${pod.status?.phase ?? ''}${reason === '' ? '' : `, reason ${reason}`}${message === '' ? '' : `: "${message}"`}`,
      source: `Pod ${podKey(pod)} status`,
    },
  ];
  const facts = { subject: owner, pods: group.map(podKey).sort(compareText), evidence };
  const workload = ownerWorkload(index, pod);
  if (REJECTED.test(reason)) {
    const nodeName = workload?.template?.spec?.nodeName;
    return podsMessages.SVC244.raise({
      ...facts,
      args: {
        pods,
        reason,
        detail: message + (nodeName === undefined ? '' : ` (nodeName ${nodeName} is set in the template)`),
      },
      fixes: [/Forbidden$/.test(reason) && owner.kind !== 'Pod' ? takeOut(owner) : replace(pod, owner, names)],
    });
  }
  return podsMessages.SVC243.raise({
    ...facts,
    args: { pods, end: endInWords(pod, index) },
    fixes: [
      {
        title: 'read its log',
        command: `kubectl logs ${pod.metadata?.name ?? ''} -n ${pod.metadata?.namespace ?? ''} --all-containers --tail=50`,
        risk: 'none',
      },
      replace(pod, owner, names),
    ],
  });
}

function endInWords(pod: Pod, { now, orLater }: ClusterIndex): string {
  const ended = (pod.status?.containerStatuses ?? []).flatMap((status) =>
    status.state?.terminated === undefined ? [] : [{ name: status.name ?? '', ...status.state.terminated }],
  );
  const worst = ended.find((end) => end.exitCode !== 0) ?? ended[0];
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const phase = pod.status?.phase === 'Succeeded' ? 'Completed' : 'Failed';
  if (worst === undefined) return `ended (${phase})`;
  const told = !orLater || now - Date.parse(worst.finishedAt ?? '') >= 60_000;
  const when = told ? ago(worst.finishedAt, now) : '';
  const reason = worst.reason === undefined || worst.reason === phase ? '' : `, ${worst.reason}`;
  return `ended (${phase}${reason}): container ${worst.name}, ${exitInWords(worst.exitCode, worst.signal)}${when === '' ? '' : `, ${when}`}, restartPolicy ${policy}`;
}

function takeOut({ kind, name, namespace = '' }: Ref): Fix {
  return {
    title: 'take out of the template what the kubelet forbids',
    command: `kubectl edit ${kind.toLowerCase()} ${name} -n ${namespace}`,
    risk: 'low',
  };
}

function replace(pod: Pod, owner: Ref, names: readonly string[]): Fix {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  if (owner.kind !== 'Pod') {
    return {
      title: 'clear it away, so that its controller makes a new one',
      command: `kubectl delete pod ${name} -n ${namespace}`,
      risk: 'low',
    };
  }
  return {
    title: names.length === 1 ? 'make the same pod again' : 'make the same pods again',
    command: `kubectl get pod ${names.slice(0, 20).join(' ')} -n ${namespace} -o json | kubectl replace --force -f -`,
    risk: 'low',
  };
}
