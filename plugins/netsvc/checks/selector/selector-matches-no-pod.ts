import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Confidence, Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, topOwner } from '../../../../shared/model/owners.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { formatRef, nameOf, refKey } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { podsMatching, selectorOf } from '../../../../shared/model/services.ts';
import { joinAnd, joinNames, plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { goneMaker, makersInEvents, preemptedPod } from '../pods/creation/makers-in-events.ts';
import { eventEvidence } from '../pods/pod-evidence.ts';
import { differenceInWords, labelDifferences, likeness } from './label-distance.ts';
import { nobodyLeads } from './leader-label.ts';
import { missingMember } from './missing-member.ts';
import { type Candidate, equallyNear, nearestWorkloads } from './nearest-workloads.ts';
import { type Elsewhere, matchesElsewhere } from './other-namespaces.ts';
import { presentLabels, unseenMakers } from './present-instead.ts';
import { candidateEvidence, matchEvidence, selectorChange, templateChange } from './selector-evidence.ts';
import { moveServiceFixes, selectorFixes } from './selector-fixes.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { stemOf } from './version-words.ts';
import { podsByOwner } from './workload-pods.ts';
import { workloadsMatching } from './workloads-matching.ts';

/** A workload of the own namespace this near outranks a perfect match in another one. */
export const NEAR = 0.35;

/**
 * No pod carries the labels that the Service selects, and no workload makes such pods: names the key or value that
 * differs on the nearest workload, or the namespace in which the pods are. Workloads that would match but have no pods
 * are the concern of the `pods` checks.
 */
export const selectorMatchesNoPod = defineCheck<ServiceSubject>({
  id: 'netsvc/selector-matches-no-pod',
  group: 'selector',
  needs: ['Pod'],
  uses: [...SELECTOR_USES, 'Lease'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const selector = subject.selector ?? {};
    const live = subjectPods(index, subject);
    if (!live.every((pod) => isOfJob(index, pod))) return [];
    const ended = podsMatching(index, subject.namespace, selector);
    const makers = workloadsMatching(index, subject.namespace, selector);
    if (
      ended.some((pod) => !isOfJob(index, pod) && controllerOf(pod) !== undefined) ||
      makers.some(({ kind }) => !isJob(kind))
    )
      return [];
    // Jobs and one-off pods of an app often carry its labels. They explain nothing where a workload close by was meant.
    const [nearest] = nearestWorkloads(index, subject, subject.namespace);
    const onlyJobs = ended.length > 0 || makers.length > 0;
    const meant = nearest !== undefined && isMeantInstead(index, subject, nearest);
    if (onlyJobs && !meant && (nearest === undefined || nearest.distance > NEAR)) return [];
    if (live.length > 0 && !meant) return [];
    // Workloads that were not read may well make such pods: then their events know better than the selector.
    if (makersInEvents(index, subject).length > 0) return [];
    return [unmatched(index, subject, now)];
  },
});

/**
 * A Service may well stand before a Job that serves. Not where it bears the name of a workload close by, with ready pods,
 * that no Service selects.
 */
function isMeantInstead(index: ClusterIndex, { namespace, name }: ServiceSubject, { ref, labels }: Candidate): boolean {
  if (stemOf(ref.name) !== stemOf(name) || !index.seen('Service', namespace).whole) return false;
  if (!(podsByOwner(index, namespace).get(refKey(ref))?.pods ?? []).some(isReady)) return false;
  return !index.list('Service', namespace).some((service) => {
    const selector = selectorOf(service);
    return selector !== undefined && matchesLabels(selector, labels);
  });
}

function isJob(kind: string | undefined): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

function isOfJob(index: ClusterIndex, pod: Pod): boolean {
  return isJob(controllerOf(pod)?.kind) || isJob(topOwner(index, pod)?.kind);
}

/** `no pod in namespace shop carries`, or who alone does. */
function carriedBy(index: ClusterIndex, subject: ServiceSubject): string {
  const ended = podsMatching(index, subject.namespace, subject.selector ?? {});
  const owners = [...new Set(ended.map((pod) => formatName(topOwner(index, pod))))].filter((name) => name !== '');
  if (owners.length === 0) return `no pod in namespace ${subject.namespace} carries`;
  const live = subjectPods(index, subject).length > 0;
  return `only ${live ? '' : 'ended '}pods of ${joinNames(owners, 2)} carry`;
}

function formatName(owner: Ref | undefined): string {
  return owner === undefined ? '' : `${owner.kind} ${owner.name}`;
}

/** The finding on a selector that nothing in the namespace satisfies. */
export function unmatched(index: ClusterIndex, subject: ServiceSubject, now: number): Finding {
  const candidates = nearestWorkloads(index, subject, subject.namespace).filter(
    (candidate) => candidate.distance <= NEAR || !isOfAnother(index, subject, candidate),
  );
  const [nearest] = candidates;
  const [elsewhere] = matchesElsewhere(index, subject.namespace, subject.selector ?? {});
  // A copy of the app in another namespace that has a Service of its own explains nothing, unless nothing else does.
  const moved =
    elsewhere !== undefined &&
    (nearest === undefined || (nearest.distance > NEAR && !isCopy(subject, elsewhere))) &&
    !meantHere(subject, nearest) &&
    (elsewhere.service === undefined || goneMaker(index, subject) === undefined);
  return moved
    ? inOtherNamespace(index, subject, elsewhere, candidates, now)
    : inNoNamespace(index, subject, candidates, elsewhere, now);
}

/** A workload that shares no label with the selector and has a Service of its own name is not the one that was meant. */
function isOfAnother(index: ClusterIndex, { ref, selector = {} }: ServiceSubject, candidate: Candidate): boolean {
  if (Object.entries(selector).some(([key, value]) => candidate.labels[key] === value)) return false;
  return index.list('Service', ref.namespace).some((other) => {
    const its = selectorOf(other);
    const name = nameOf(other);
    if (name === ref.name || its === undefined || !matchesLabels(its, candidate.labels)) return false;
    return likeness(name, candidate.ref.name) >= 0.6;
  });
}

/** The same app as a whole, Service and all: many namespaces hold one, and each has faults of its own. */
function isCopy({ name }: ServiceSubject, { service }: Elsewhere): boolean {
  return service?.metadata?.name === name;
}

/** Staging and production hold copies with the same labels: a workload here that bears the name or the labels is the one meant. */
function meantHere(subject: ServiceSubject, nearest: Candidate | undefined): boolean {
  if (nearest === undefined) return false;
  return nearest.ref.name === subject.name || labelsOnlyItself(subject, nearest) || bearsName(subject, nearest);
}

/** A label that is wanted and that says whose pods these are, such as `app=web` for Service web. */
function bearsName({ name, selector = {} }: ServiceSubject, { labels }: Candidate): boolean {
  return Object.entries(selector).some(([key, value]) => labels[key] === value && likeness(value, name) >= 0.6);
}

/** Labels that stand on the workload and were forgotten in its template. */
function labelsOnlyItself({ selector = {} }: ServiceSubject, { object }: Candidate): boolean {
  return object !== undefined && matchesLabels(selector, object.metadata?.labels);
}

function inNoNamespace(
  index: ClusterIndex,
  subject: ServiceSubject,
  candidates: readonly Candidate[],
  elsewhere: Elsewhere | undefined,
  now: number,
): Finding {
  const preempted = preemptedPod(index, subject)?.object.name;
  const gone = preempted === undefined ? goneMaker(index, subject)?.workload.ref : podRef(subject, preempted);
  const member = missingMember(index, subject);
  // What was meant is known: nothing that only resembles it.
  const near = equallyNear(candidates).filter(
    ({ distance }) => member === undefined && (gone === undefined || distance <= NEAR),
  );
  const [nearest] = near;
  const differences = nearest === undefined ? [] : labelDifferences(subject.selector ?? {}, nearest.labels);
  const leader =
    near.length === 1 && nearest !== undefined ? nobodyLeads(index, subject, nearest, differences) : undefined;
  const difference = `has ${joinAnd(differences.map(differenceInWords))}${leader?.words ?? ''}`;
  const also = near.slice(1).map(({ ref }) => `${ref.kind} ${ref.name}`);
  return selectorMessages.SVC101.raise({
    subject: subject.ref,
    confidence: leader === undefined ? confidenceOf(index, subject, near) : 'likely',
    args: {
      service: `${subject.namespace}/${subject.name}`,
      selector: formatLabels(subject.selector),
      carried: carriedBy(index, subject),
      nearest: nearest === undefined ? '' : `${nearest.ref.kind} ${nearest.ref.name}`,
      difference: differences.length === 0 ? '' : difference,
      also: joinNames(also, 3),
      instead:
        nearest !== undefined
          ? ''
          : preempted === undefined
            ? (member?.words ?? presentLabels(index, subject))
            : `pod ${preempted} was preempted, and no workload makes it again`,
      fixes: [
        ...(member?.fixes ?? []),
        ...(member === undefined && nearest === undefined && gone !== undefined ? [makeAgain(gone)] : []),
        ...(leader?.fixes ??
          near
            .slice(0, 3)
            .flatMap((candidate) =>
              selectorFixes(subject, candidate, labelDifferences(subject.selector ?? {}, candidate.labels)),
            )),
      ],
    },
    evidence: [...evidenceOf(index, subject, candidates, elsewhere, now), ...(leader?.evidence ?? [])],
  });
}

function podRef({ namespace }: ServiceSubject, name: string): Ref {
  return { kind: 'Pod', namespace, name };
}

function makeAgain({ kind, name, namespace }: Ref): Fix {
  return {
    title: `make ${kind} ${name} again (put the file of its manifest in the place of <FILE>)`,
    command: `kubectl apply -n ${namespace} -f '<FILE>'`,
    risk: 'low',
    undo: `kubectl delete -n ${namespace} -f '<FILE>'`,
  };
}

/** With nothing near and the workloads unseen, one that is scaled to 0 or refused its pods explains it as well. */
function confidenceOf(index: ClusterIndex, subject: ServiceSubject, near: readonly Candidate[]): Confidence {
  if (subjectPods(index, subject).length > 0) return 'likely';
  if (near.length === 0) return unseenMakers(index, subject.namespace).includes('Deployment') ? 'possible' : 'proven';
  return near.length > 1 ? 'likely' : 'proven';
}

function inOtherNamespace(
  index: ClusterIndex,
  subject: ServiceSubject,
  elsewhere: Elsewhere,
  candidates: readonly Candidate[],
  now: number,
): Finding {
  return selectorMessages.SVC102.raise({
    subject: subject.ref,
    confidence: elsewhere.service === undefined ? 'proven' : 'likely',
    args: {
      service: `${subject.namespace}/${subject.name}`,
      selector: formatLabels(subject.selector),
      namespace: subject.namespace,
      other: elsewhere.namespace,
      pods: elsewhere.pods,
      workload: elsewhere.workload,
    },
    evidence: evidenceOf(index, subject, candidates, elsewhere, now),
    fixes: moveServiceFixes(subject, elsewhere),
  });
}

function evidenceOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  candidates: readonly Candidate[],
  elsewhere: Elsewhere | undefined,
  now: number,
): readonly Evidence[] {
  const [nearest] = candidates;
  const gone = preemptedPod(index, subject) ?? goneMaker(index, subject)?.event;
  return [
    matchEvidence(index, subject, podsMatching(index, subject.namespace, subject.selector ?? {}).length),
    ...(gone === undefined ? [] : [eventEvidence(gone, index.now)]),
    ...(elsewhere === undefined ? [] : [elsewhereEvidence(elsewhere)]),
    ...candidateEvidence(candidates, subject.selector ?? {}),
    ...(nearest === undefined || !labelsOnlyItself(subject, nearest) ? [] : [onlyItselfEvidence(subject, nearest)]),
    ...selectorChange(subject, now),
    ...(nearest === undefined ? [] : templateChange(nearest.object, formatRef(nearest.ref), now)),
  ];
}

function onlyItselfEvidence({ selector }: ServiceSubject, { ref }: Candidate): Evidence {
  return {
    fact: `${ref.kind} ${ref.name} has ${formatLabels(selector)} itself, its pods do not: a Service looks at pods alone`,
    source: `${formatRef(ref)} metadata.labels`,
  };
}

function elsewhereEvidence({ namespace, pods, workload, service }: Elsewhere): Evidence {
  const served = service === undefined ? '' : `, served by Service ${service.metadata?.name ?? ''} there`;
  const what = workload === '' ? 'the same labels' : `the same labels (${workload})`;
  return {
    fact: `${plural(pods, 'pod')} of namespace ${namespace} ${pods === 1 ? 'carries' : 'carry'} ${what}${served}`,
    source: `Pods of namespace ${namespace}`,
  };
}
