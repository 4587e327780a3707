import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { readinessMessages } from '../../messages/readiness.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { notExecutable } from '../pods/containers/execute-bit.ts';
import { logs } from '../pods/containers/workload-commands.ts';
import { NEEDS_USES, needsOf, withWords } from '../pods/dependencies/dependencies.ts';
import { logEvidence, podSource } from '../pods/pod-evidence.ts';
import { groupBy, inPods, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { rolloutNote, withUndo } from '../pods/rollout-note.ts';
import { type PodIn, type ServicePod, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { answersElsewhere } from './answers-elsewhere.ts';
import { blamedPods } from './blamed-probes.ts';
import { type FailingProbe, type ProbeFault, probeKey, spokesman } from './failing-probes.ts';
import { probeFixes, proof } from './probe-fixes.ts';
import {
  containersEvidence,
  failureInWords,
  probedContainer,
  probeEvidence,
  probeInWords,
  probeTexts,
  sinceInWords,
} from './probe-words.ts';
import { silentStarts } from './silent-start.ts';
import { standbyOf } from './standby.ts';
import { mayBeStarting, publishedEvidence, publishedInWords, revisionOf, weighUnready } from './unready-weight.ts';

/**
 * Pods that run and are not ready: the container, its probe, what the probe was answered, since when. The verdict
 * "healthy" may not be given without this check.
 */
export const podsNotReady = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-not-ready',
  group: 'readiness',
  needs: ['Pod'],
  uses: [...POD_USES, ...NEEDS_USES, 'Lease'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const starting = new Set(silentStarts(index, subject).map(({ key }) => key));
    const examined = blamedPods(index, subject).filter(({ entry }) => !starting.has(entry.key));
    const probes = examined.flatMap(({ failing }) => (failing === undefined ? [] : [failing]));
    const without = examined.filter(({ failing }) => failing === undefined);
    return [
      ...groupBy(probes, probeKey).map((group) => probeFinding(index, subject, group)),
      ...groupBy(without, ({ entry, first }) => `${ownerKey(entry)} ${first.container.name}`).map((group) =>
        bareFinding(
          index,
          subject,
          group.map(({ entry }) => entry),
          group[0].first,
        ),
      ),
    ];
  },
});

const MESSAGE: Readonly<Record<ProbeFault, (typeof readinessMessages)['SVC301']['raise']>> = {
  status: readinessMessages.SVC301.raise,
  refused: readinessMessages.SVC302.raise,
  timeout: readinessMessages.SVC303.raise,
  'unknown-port': readinessMessages.SVC304.raise,
  scheme: readinessMessages.SVC305.raise,
  exec: readinessMessages.SVC306.raise,
  grpc: readinessMessages.SVC307.raise,
  'wrong-port': readinessMessages.SVC308.raise,
  other: readinessMessages.SVC309.raise,
  unseen: readinessMessages.SVC309.raise,
};

function probeFinding(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly [FailingProbe, ...FailingProbe[]],
): Finding {
  const all = servicePods(index, subject);
  const told = portIsRight(spokesman(index, group), all);
  const standby = standbyOf(index, group, all);
  if (standby !== undefined) {
    const args = { pods: thePods(group, all), answer: failureInWords(told), ...standby };
    return readinessMessages.SVC316.raise({
      subject: told.owner,
      args,
      evidence: [...standby.evidence, ...probeEvidence(index, told)],
    });
  }
  const note = rolloutNote(index, group);
  const needs = needsOf(index, told, told.container, probeTexts(told));
  const elsewhere = answersElsewhere(index, told);
  const young = needs.evidence.length === 0 && elsewhere.words === '' && mayBeStarting(index, told, all);
  const bit = notExecutable(index, told, told.probe.exec?.command ?? [], told.failure?.message ?? '');
  const finding = MESSAGE[told.fault]({
    subject: told.owner,
    args: {
      probe: probeInWords(told),
      container: probedContainer(told),
      where: inPods(group, all),
      failure: failureInWords(told) + elsewhere.words + (bit?.words ?? ''),
      since: sinceInWords(index, told) + publishedInWords(subject),
    },
    pods: podKeys(group),
    dependsOn: needs.dependsOn,
    waitsFor: mayWait(told) ? needs.waitsFor : [],
    evidence: [
      ...probeEvidence(index, told),
      ...otherAnswers(group, told),
      ...logEvidence(index, told, told.container.name),
      ...needs.evidence,
      ...blockedEvidence(told),
      ...publishedEvidence(subject),
      ...(young ? [youth(index, told)] : []),
      ...note.evidence,
    ],
    ...weighUnready(index, subject, group, told),
    ...(young ? { confidence: 'likely' as const } : {}),
    // More patience does not make a dependency answer that is known to be away.
    fixes: withUndo(note, [
      ...(bit?.fixes ?? []),
      ...elsewhere.fixes,
      ...needs.fixes,
      ...(told.fault === 'timeout' && needs.evidence.length > 0 ? proof(told) : probeFixes(subject, told)),
    ]),
  });
  return mayWait(told) ? withWords(finding, needs) : finding;
}

/** What speaks against the fault: the container has not run for long. */
function youth({ now, orLater }: ClusterIndex, told: FailingProbe): Evidence {
  const age = ago(told.container.status?.state?.running?.startedAt, now).replace(' ago', '');
  return {
    fact: `first run of ${told.container.name}, ${orLater ? 'at least ' : ''}${age} old: a slow start would look the same`,
    source: `${podSource(told)} status.containerStatuses`,
  };
}

/** A wrong path, port or scheme is the probe's own fault, whatever the app cannot reach besides. */
export function mayWait({ fault, failure }: FailingProbe): boolean {
  if (fault === 'status') return (failure?.status ?? 0) >= 500;
  return !['wrong-port', 'unknown-port', 'scheme'].includes(fault) && failure?.kind !== 'exec-missing';
}

/** A probe that another pod of the same revision passes asks the right port. */
function portIsRight(told: FailingProbe, all: readonly ServicePod[]): FailingProbe {
  const passes = all.some(
    (other) =>
      other.state.is === 'ready' && ownerKey(other) === ownerKey(told) && revisionOf(other) === revisionOf(told),
  );
  return told.fault === 'wrong-port' && passes
    ? { ...told, fault: told.failure === undefined ? 'unseen' : 'refused' }
    : told;
}

/** Pods of the group whose probe was answered in another way. */
function otherAnswers(group: readonly FailingProbe[], told: FailingProbe): readonly Evidence[] {
  return group
    .filter((entry) => entry.failure !== undefined && failureInWords(entry) !== failureInWords(told))
    .slice(0, 2)
    .map((entry) => ({ fact: `here: ${failureInWords(entry)}`, source: `Event Unhealthy on ${podSource(entry)}` }));
}

/** A StatefulSet with OrderedReady makes its next pod only when the one before is Ready. */
function blockedEvidence(entry: FailingProbe): readonly Evidence[] {
  const { workload, owner } = entry;
  if (workload?.kind !== 'StatefulSet' || workload.object.spec?.podManagementPolicy === 'Parallel') return [];
  const wanted = workload.object.spec?.replicas ?? 1;
  const made = workload.object.status?.replicas ?? wanted;
  if (made >= wanted) return [];
  return [
    {
      fact: `${wanted - made} of ${wanted} pods are not made yet: OrderedReady waits for ${entry.name}`,
      source: `StatefulSet ${owner.namespace ?? ''}/${owner.name}`,
    },
  ];
}

function bareFinding(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly PodIn<'unready'>[],
  unready: UnreadyContainer,
): Finding {
  const all = servicePods(index, subject);
  const first = group[0];
  const when = ago(unready.startedAt, index.now);
  const { name, nativeSidecar } = unready.container;
  return readinessMessages.SVC314.raise({
    subject: first?.owner ?? subject.ref,
    args: {
      container: `${nativeSidecar ? 'sidecar' : 'container'} ${name}`,
      where: inPods(group, all),
      since: when === '' ? '' : `, started ${when}`,
    },
    pods: podKeys(group),
    evidence: first === undefined ? [] : [containersEvidence(first), ...logEvidence(index, first, name)],
    ...weighUnready(index, subject, group, undefined),
    fixes:
      first === undefined
        ? []
        : [{ title: 'read its log', command: logs(subject.namespace, first.name, name, false), risk: 'none' }],
  });
}
