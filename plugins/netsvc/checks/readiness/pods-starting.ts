import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Confidence, Evidence, Finding, Fix, Severity } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { probeTimes } from '../../../../shared/model/pod-state-probe.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { readinessMessages } from '../../messages/readiness.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { LOG_TIME } from '../pods/containers/last-log-lines.ts';
import { NEEDS_USES, needsOf } from '../pods/dependencies/dependencies.ts';
import { logEvidence, podSource } from '../pods/pod-evidence.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { isAskedLate, type PodIn, podsIn, readyPods, servicePods } from '../pods/service-pods.ts';
import { startWords } from '../pods/still-starting.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { type FailingProbe, failingProbe } from './failing-probes.ts';
import { mayWait } from './pods-not-ready.ts';
import { change, probeFixes } from './probe-fixes.ts';
import { failureInWords, probedContainer, probeEvidence, probeInWords, probeTexts } from './probe-words.ts';
import { patienceWith, silentStarts } from './silent-start.ts';

/** Young pods against which nothing speaks yet: a note while others serve, a possible cause while none does. */
export const podsStarting = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-starting',
  group: 'readiness',
  needs: ['Pod'],
  uses: [...POD_USES, ...NEEDS_USES],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy([...podsIn(servicePods(index, subject), 'starting'), ...silentStarts(index, subject)], (entry) =>
      [ownerKey(entry), entry.state.stage, entry.state.container?.container.name ?? ''].join(' '),
    ).map((group) => raise(index, subject, group)),
});

type Starting = PodIn<'starting'>;

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Starting, ...Starting[]]): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const says = group.flatMap(({ pod, state }) =>
    state.container === undefined ? [] : (startWords(index, pod, state.container) ?? []),
  )[0];
  const told = group.find((entry) => probeOfStart(index, entry)?.failure !== undefined) ?? first;
  const failing = probeOfStart(index, told);
  const patience = failing?.fault === 'refused' ? patienceWith(index, subject, failing) : undefined;
  const lasted = index.now - Date.parse(first.state.since ?? '');
  const goesOn = says !== undefined || (patience !== undefined && lasted < patience.seconds * 1000);
  const { severity, confidence, impact } = weightOf(index, subject, first.state, lasted, goesOn);
  const needs = failing === undefined ? undefined : needsOf(index, failing, failing.container, probeTexts(failing));
  const evidence: Evidence[] =
    failing === undefined
      ? [{ fact: stageInWords(first, index.now), source: `${podSource(first)} status` }]
      : [
          ...probeEvidence(index, failing),
          ...logEvidence(index, failing, failing.container.name),
          ...(patience?.evidence ?? []),
          ...(needs?.evidence ?? []),
        ];
  return readinessMessages.SVC313.raise({
    subject: first.owner,
    args: {
      pods: thePods(group, all),
      stage: stageInWords(told, index.now),
      detail:
        (failing === undefined
          ? ''
          : `; ${probeInWords(failing)} of ${probedContainer(failing)} ${notPassed(failing)}`) +
        (patience?.words ?? '') +
        (says === undefined ? '' : `; its log says: ${shorten(says.replace(LOG_TIME, ''), 80)}`),
    },
    pods: podKeys(group),
    dependsOn: needs?.dependsOn ?? [],
    waitsFor: failing !== undefined && mayWait(failing) ? (needs?.waitsFor ?? []) : [],
    severity,
    impact,
    confidence,
    evidence,
    fixes: [
      ...(failing?.fault === 'wrong-port' ? probeFixes(subject, failing) : []),
      ...(failing === undefined || severity === 'info' ? [] : soonerFixes(failing)),
      {
        title: 'watch them start',
        command: `kubectl get pods -n ${subject.namespace} -l ${Object.entries(subject.selector ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(',')} -w`,
        risk: 'none',
      },
    ],
  });
}

/**
 * Nothing while others serve; a possible cause while nothing does, and a likely one after a minute of it: of a start that
 * goes on by the words of the app, its command or other pods of it, or of one of which nothing is known.
 */
function weightOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  state: Starting['state'],
  lasted: number,
  goesOn: boolean,
): { readonly severity: Severity; readonly confidence: Confidence; readonly impact: number } {
  const published = subject.service.spec?.publishNotReadyAddresses === true;
  if (published || readyPods(servicePods(index, subject)).length > 0) {
    return { severity: 'info', confidence: 'likely', impact: 0 };
  }
  // Of facts without a time of their own the age is a lower bound.
  if (lasted >= 60_000 && goesOn) return { severity: 'warning', confidence: 'likely', impact: 0.9 };
  if (lasted >= 60_000 || (index.orLater && isAskedLate(state.container)))
    return { severity: 'critical', confidence: 'likely', impact: 0.9 };
  return { severity: 'warning', confidence: 'possible', impact: 0.9 };
}

/** Passes in a row beyond which they, and not the app, are what takes long. */
const FEW = 3;

/** The settings that alone make a start long, brought down. */
function soonerFixes(failing: FailingProbe): readonly Fix[] {
  const { initialDelay, successThreshold } = probeTimes(failing.probe);
  if (failing.failure !== undefined || failing.type !== 'readiness') return [];
  if (successThreshold > FEW)
    return change(failing, 'take one pass for enough', { successThreshold: 1 }, { successThreshold });
  if (initialDelay < 60) return [];
  return change(failing, 'ask sooner', { initialDelaySeconds: 5 }, { initialDelaySeconds: initialDelay });
}

/** A long initialDelaySeconds is the whole reason why nothing has passed yet. */
function notPassed(failing: FailingProbe): string {
  const { initialDelay, successThreshold, period, budget } = probeTimes(failing.probe);
  if (failing.type === 'startup') {
    const told = failing.failure === undefined ? '' : ` (${failureInWords(failing)})`;
    return `has not passed${told}, ${budget}s are allowed for it`;
  }
  if (failing.failure !== undefined) return `has not passed (${failureInWords(failing)})`;
  if (successThreshold > FEW)
    return `must pass ${successThreshold} times in a row (successThreshold), every ${period}s`;
  return initialDelay >= 60 ? `is first asked after initialDelaySeconds ${initialDelay}` : 'has not passed';
}

function probeOfStart(index: ClusterIndex, entry: Starting): ReturnType<typeof failingProbe> {
  return entry.state.container === undefined ? undefined : failingProbe(index, entry, entry.state.container);
}

const STAGES: Readonly<Record<Starting['state']['stage'], string>> = {
  scheduling: 'no scheduler has placed it yet (Pending)',
  preparing: 'containers are being created (ContainerCreating)',
  pulling: 'the image is being pulled',
  probing: 'starting',
  settling: 'about to become Ready',
};

function stageInWords(entry: Starting, now: number): string {
  const when = ago(entry.state.since, now);
  return `${STAGES[entry.state.stage]}${when === '' || when === '0s ago' ? '' : `, for ${when.replace(' ago', '')}`}`;
}
