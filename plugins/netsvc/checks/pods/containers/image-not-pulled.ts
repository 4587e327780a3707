import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { isAbsent } from '../../../../../shared/model/pod-state-preparing.ts';
import { joinAnd } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { eventEvidence, newestEvent, podSource } from '../pod-evidence.ts';
import { inPods, podKeys } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { type PullAnswer, type PullOutcome, pullAnswer } from './image-answers.ts';
import { imageFixes } from './image-fixes.ts';
import {
  containerInWords,
  groupTroubled,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from './troubled-containers.ts';

/** Containers whose image the node cannot get or use. */
export const imageNotPulled = defineCheck<ServiceSubject>({
  id: 'netsvc/image-not-pulled',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupTroubled(troubledPods(index, subject, ['image']), imageOf).map((group) => raise(index, subject, group)),
});

const PULL_EVENTS = ['Failed', 'InspectFailed', 'ErrImageNeverPull'];

/** The kubelet writes a second event after each failure, which only repeats the reason. */
function saysMore(message: string): boolean {
  return !/^Error: (ErrImagePull|ImagePullBackOff|ErrImageNeverPull)$/.test(message);
}

function imageOf(entry: Troubled): string {
  return entry.trouble.container.spec.image ?? entry.trouble.container.status?.image ?? '';
}

const MESSAGE: Readonly<Record<PullOutcome, (typeof podsMessages)['SVC222']['raise']>> = {
  'not-found': podsMessages.SVC222.raise,
  refused: podsMessages.SVC223.raise,
  'no-such-registry': podsMessages.SVC224.raise,
  unreachable: podsMessages.SVC224.raise,
  limited: podsMessages.SVC225.raise,
  'bad-name': podsMessages.SVC225.raise,
  'short-name': podsMessages.SVC225.raise,
  platform: podsMessages.SVC225.raise,
  'disk-full': podsMessages.SVC225.raise,
  unusable: podsMessages.SVC225.raise,
  unknown: podsMessages.SVC225.raise,
};

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Troubled, ...Troubled[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const answer = answerOf(index, group);
  const secrets = missingPullSecrets(index, first);
  const note = rolloutNote(index, group);
  const image = imageOf(first);
  const outcome = answer.outcome === 'unknown' && secrets.names.length > 0 ? 'refused' : answer.outcome;
  return MESSAGE[outcome]({
    subject: first.owner,
    args: {
      container: containerInWords(first.trouble),
      where: inPods(group, all),
      image,
      reason: first.trouble.reason,
      answer:
        (answer.words === '' ? 'the reason is not recorded' : answer.words) +
        (secrets.names.length === 0 ? '' : `; pull secret ${joinAnd(secrets.names)} does not exist`),
    },
    pods: podKeys(group),
    evidence: [...troubleEvidence(index, group, PULL_EVENTS, false, saysMore), ...secrets.evidence],
    ...weigh(subject, all, group),
    fixes: withUndo(note, imageFixes(index, first, image, outcome, secrets.names)),
  });
}

/** The status of 1.31 and later holds the registry's answer; before, the back-off hides it and an event has it. */
function answerOf(index: ClusterIndex, group: readonly Troubled[]): PullAnswer {
  for (const entry of group) {
    const answer = pullAnswer(entry.trouble.message);
    if (answer.words !== '') return answer;
  }
  for (const entry of group) {
    const failed = index
      .events(entry.pod, 'Pod')
      .findLast((event) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image'));
    if (failed !== undefined) return pullAnswer(failed.message);
  }
  return { outcome: 'unknown', words: '' };
}

function missingPullSecrets(
  index: ClusterIndex,
  entry: Troubled,
): { readonly names: readonly string[]; readonly evidence: readonly Evidence[] } {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const event = newestEvent(index, entry, ['FailedToRetrieveImagePullSecret']);
  const told = /image pull secrets? \(([^)]*)\)/.exec(event?.message ?? '')?.[1]?.split(/[,\s]+/) ?? [];
  const named = (entry.pod.spec?.imagePullSecrets ?? []).flatMap((secret) => secret.name ?? []);
  const absent = named.filter((name) => isAbsent(index, 'Secret', namespace, name));
  const names = [...new Set([...absent, ...told])].filter((name) => name !== '');
  const evidence: Evidence[] = event === undefined ? [] : [eventEvidence(event, index.now)];
  if (event === undefined && names.length > 0) {
    evidence.push({
      fact: `imagePullSecrets names ${joinAnd(names)}, which is not among the secrets of namespace ${namespace}`,
      source: `${podSource(entry)} spec.imagePullSecrets`,
    });
  }
  return { names, evidence };
}
