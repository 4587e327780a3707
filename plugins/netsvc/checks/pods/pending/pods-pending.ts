import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../../shared/diagnose/sick-evidence.ts';
import type { Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { claimsOf } from '../../../../../shared/model/pod-state-preparing.ts';
import type { RefusalClass, SchedulingRefusals } from '../../../../../shared/model/pod-state-scheduling.ts';
import { isReady } from '../../../../../shared/model/pods.ts';
import { type SickPod, sicknessOf } from '../../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { joinAnd, shellQuote, shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { PendingArgs } from '../../../messages/pods-pending.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { isPatchable, patchTemplateSpec } from '../containers/workload-commands.ts';
import { eventEvidence, newestEvent, podSource } from '../pod-evidence.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pod-groups.ts';
import { type RolloutNote, rolloutNote, withUndo } from '../rollout-note.ts';
import { type PodIn, podsIn, servicePods, weigh } from '../service-pods.ts';
import { preemptionOf } from '../states/preemption.ts';
import { POD_USES } from '../workloads-behind.ts';
import { pendingDetail } from './pending-detail.ts';
import { refusalsOf } from './pending-refusals.ts';
import { claimDetail, isBound, isProvisioned } from './pending-rules.ts';

type Pending = PodIn<'unscheduled'>;

/** Pods that no node takes, one finding for each reason. */
export const podsPending = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-pending',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const pods = podsIn(servicePods(index, subject), 'unscheduled');
    return groupBy(pods, (entry) => `${ownerKey(entry)} ${entry.state.why} ${mainClass(index, entry)}`).map((group) =>
      raise(index, subject, group),
    );
  },
});

function mainClass(index: ClusterIndex, entry: Pending): RefusalClass | '' {
  return refusalsOf(index, entry).main?.class ?? '';
}

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Pending, ...Pending[]]): Finding {
  const all = servicePods(index, subject);
  const [first] = group;
  const refusals = refusalsOf(index, first);
  const note = placedNote(rolloutNote(index, group), refusals);
  const event = newestEvent(index, first, ['FailedScheduling']);
  const when = ago(first.state.since, index.now);
  // A volume that is made for the pod is waited for before anything is written on the pod (WaitForFirstConsumer).
  const waits = first.state.why === 'unseen' && claimsOf(first.pod).some((name) => isProvisioned(index, first, name));
  const detail = waits ? claimDetail(index, first, '') : pendingDetail(index, first, refusals);
  const preempted = preemptionOf(index, first);
  const facts = {
    subject: first.owner,
    pods: podKeys(group),
    evidence: [
      {
        fact:
          first.state.message === ''
            ? `phase Pending, no condition PodScheduled${when === '' ? '' : `; made ${when}`}`
            : `PodScheduled False: "${shorten(first.state.message, 200)}"${when === '' ? '' : ` since ${when.replace(' ago', '')}`}`,
        source: `${podSource(first)} status.conditions`,
      },
      ...detail.evidence,
      ...(event === undefined || event.message === first.state.message ? [] : [eventEvidence(event, index.now)]),
      ...preempted.evidence,
      ...note.evidence,
    ],
    ...weigh(subject, all, group),
    fixes: withUndo(note, preempted.words === '' ? [...detail.fixes, ...preempted.fixes] : preempted.fixes),
  };
  const pods = thePods(group, all);
  if (first.state.why === 'gated') return gated(first, facts, pods);
  if (waits) {
    return podsMessages.SVC217.raise({
      ...facts,
      args: { pods, verdict: 'its volume is not made', detail: detail.words },
    });
  }
  if (first.state.why === 'unseen') return unseen(index, first, facts, pods);
  // Who took the room says more than how much of it is asked for.
  const args: PendingArgs =
    preempted.words === ''
      ? { pods, verdict: verdictOf(refusals), detail: detail.words }
      : { pods, verdict: `${preempted.words}; ${verdictOf(refusals)}`, detail: '' };
  return MESSAGE[refusals.main?.class ?? 'other']({ ...facts, args });
}

/** What a scheduler looks at in a pod template, in the words of `TemplateChange`. */
const PLACED =
  /^(container|nodeSelector|affinity|tolerations|requests|limits|ports|volumes|priorityClassName|runtimeClassName)$/;

/** Going back to a revision that asks for the same place finds none either, unless its pods still have theirs. */
function placedNote(note: RolloutNote, { main }: SchedulingRefusals): RolloutNote {
  const { changes, olderReady } = note;
  const byNodes = main?.class === 'cordoned' || main?.class === 'node-down';
  const same = changes.length === 0 ? byNodes : !changes.some(({ field }) => PLACED.test(field));
  return olderReady === 0 && same ? { ...note, undo: undefined } : note;
}

type Facts = Omit<Parameters<typeof podsMessages.SVC213.raise>[0], 'args'>;
type Raise = (raise: Facts & { args: PendingArgs }) => Finding;

const MESSAGE: Readonly<Record<RefusalClass, Raise>> = {
  cpu: podsMessages.SVC213.raise,
  memory: podsMessages.SVC213.raise,
  resource: podsMessages.SVC213.raise,
  'pods-full': podsMessages.SVC213.raise,
  'node-selector': podsMessages.SVC214.raise,
  taint: podsMessages.SVC215.raise,
  'host-port': podsMessages.SVC216.raise,
  volume: podsMessages.SVC217.raise,
  affinity: podsMessages.SVC218.raise,
  spread: podsMessages.SVC218.raise,
  cordoned: podsMessages.SVC220.raise,
  'node-down': podsMessages.SVC220.raise,
  'node-short': podsMessages.SVC220.raise,
  'no-nodes': podsMessages.SVC220.raise,
  other: ({ args, ...facts }) =>
    podsMessages.SVC221.raise({ ...facts, args: { pods: args.pods, why: `${args.verdict}${args.detail}` } }),
};

/** `0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had untolerated taint {…}`, the one to blame first. */
function verdictOf({ nodes, refusals, main }: SchedulingRefusals): string {
  const ordered = [...refusals].sort((a, b) => Number(b === main) - Number(a === main));
  const clauses = ordered.map(({ nodes: count, text }) => (count === 0 ? text : `${count} ${text}`));
  const list = shorten(clauses.join(', '), 200);
  return nodes === undefined || nodes === 0 ? list : `0/${nodes} nodes are available: ${list}`;
}

function gated(entry: Pending, facts: Facts, pods: string): Finding {
  const gates = (entry.pod.spec?.schedulingGates ?? []).map((gate) => gate.name ?? '');
  const remove = JSON.stringify([{ op: 'remove', path: '/spec/schedulingGates' }]);
  return podsMessages.SVC219.raise({
    ...facts,
    args: { pods, gates: joinAnd(gates) },
    fixes: [
      {
        title: 'remove the gates by hand, when the controller that should do it will not',
        command: `kubectl patch pod ${entry.name} -n ${entry.pod.metadata?.namespace ?? ''} --type=json -p ${shellQuote(remove)}`,
        risk: 'low',
      },
    ],
  });
}

/** The pods of kube-scheduler, when none of them is ready; managed clusters do not show them. */
function sickSchedulers(index: ClusterIndex): readonly SickPod[] {
  const pods = index.list('Pod', 'kube-system').filter((pod) => pod.metadata?.labels?.component === 'kube-scheduler');
  return pods.some(isReady) ? [] : pods.flatMap((pod) => sicknessOf(index, pod, index.now) ?? []);
}

function unseen(index: ClusterIndex, entry: Pending, facts: Facts, pods: string): Finding {
  const scheduler = entry.pod.spec?.schedulerName ?? 'default-scheduler';
  const custom = scheduler !== 'default-scheduler';
  const [sick] = custom ? [] : sickSchedulers(index);
  const [claim] = claimsOf(entry.pod).filter((name) => !isBound(index, entry, name));
  const awaited = claim === undefined ? '' : `; or it waits for the volume of claim ${claim}`;
  const why = `no scheduler has looked at ${facts.pods?.length === 1 ? 'it' : 'them'}`;
  return podsMessages.SVC221.raise({
    ...facts,
    args: {
      pods,
      why:
        sick === undefined
          ? `${why}; spec.schedulerName is ${scheduler}${awaited}`
          : `${why}: kube-scheduler does not run (${sick.name}: ${sick.reason})`,
    },
    evidence: [...(sick === undefined ? [] : [sickEvidence(sick, index.now)]), ...(facts.evidence ?? [])],
    confidence: sick !== undefined ? 'proven' : claim === undefined ? 'likely' : 'possible',
    fixes:
      custom && isPatchable(entry.owner)
        ? [
            {
              title: 'use the scheduler of the cluster',
              command: patchTemplateSpec(entry.owner, { schedulerName: 'default-scheduler' }),
              risk: 'low',
              undo: patchTemplateSpec(entry.owner, { schedulerName: scheduler }),
            },
          ]
        : [
            {
              title: 'see whether the scheduler runs',
              command: 'kubectl get pods -n kube-system -l component=kube-scheduler -o wide',
              risk: 'none',
            },
          ],
  });
}
