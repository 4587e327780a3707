import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { runLength } from '../../../../shared/model/pod-state-container.ts';
import { probeTimes } from '../../../../shared/model/pod-state-probe.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { readinessMessages } from '../../messages/readiness.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import {
  restartsInWords,
  type Troubled,
  troubledPods,
  troubleEvidence,
} from '../pods/containers/troubled-containers.ts';
import { isInTemplate, patchContainer } from '../pods/containers/workload-commands.ts';
import { logEvidence, podSource } from '../pods/pod-evidence.ts';
import { groupBy, inPods, podKeys } from '../pods/pod-groups.ts';
import { rolloutNote, withUndo } from '../pods/rollout-note.ts';
import { servicePods, weigh } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { examineProbe, type FailingProbe, probeKey } from './failing-probes.ts';
import { type SeenStart, startsSeen } from './measured-start.ts';
import { change, probeFixes } from './probe-fixes.ts';
import { failureInWords, probedContainer, probeEvidence, probeInWords } from './probe-words.ts';

/** Containers that their liveness or startup probe ends again and again. */
export const probeKills = defineCheck<ServiceSubject>({
  id: 'netsvc/probe-kills',
  group: 'readiness',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const killed = troubledPods(index, subject, ['killed-by-liveness-probe', 'killed-by-startup-probe']);
    const examined = killed.flatMap((entry) => {
      const type = entry.trouble.kind === 'killed-by-startup-probe' ? 'startup' : 'liveness';
      const failing = examineProbe(index, entry, entry.trouble.container, type);
      return failing === undefined ? [] : [{ ...entry, failing }];
    });
    return groupBy(examined, (entry) => probeKey(entry.failing)).map((group) => raise(index, subject, group));
  },
});

type Killed = Troubled & { readonly failing: FailingProbe };

function raise(index: ClusterIndex, subject: ServiceSubject, group: readonly [Killed, ...Killed[]]): Finding {
  const first = group.find((entry) => entry.failing.failure !== undefined) ?? group[0];
  const { failing, trouble } = first;
  const all = servicePods(index, subject);
  const note = rolloutNote(index, group);
  const { initialDelay, period, failureThreshold, budget } = probeTimes(failing.probe);
  const restarts = restartsInWords(group);
  const message = failing.type === 'startup' ? readinessMessages.SVC311 : readinessMessages.SVC310;
  const start = startsSeen(index, subject, first).at(-1);
  return message.raise({
    subject: first.owner,
    args: {
      probe: probeInWords(failing),
      container: probedContainer(failing),
      where: inPods(group, all),
      failure: failing.failure === undefined ? endInWords(first) : failureInWords(failing),
      since: '',
      budget: `${budget}s = initialDelaySeconds ${initialDelay} + periodSeconds ${period} × failureThreshold ${failureThreshold}`,
      restarts,
    },
    pods: podKeys(group),
    confidence: trouble.proven ? 'proven' : 'likely',
    evidence: [
      ...probeEvidence(index, failing).slice(1),
      ...troubleEvidence(index, [first], ['Killing']),
      ...(start !== undefined && start.seconds * 2 > budget ? [startEvidence(start, budget)] : []),
      ...logEvidence(index, first, trouble.container.name),
    ],
    ...weigh(subject, all, group),
    fixes: withUndo(note, fixesOf(subject, failing, start)),
  });
}

/** Without events: what the last run shows. */
function endInWords({ trouble }: Killed): string {
  const length = runLength(trouble.ended);
  const lasted = length === undefined ? '' : ` ${formatDuration(length)} after its start`;
  return `it was ended${lasted} with exit code ${trouble.ended?.exitCode ?? '?'}, when the attempts of the probe were used up`;
}

function startEvidence({ seconds, entry }: SeenStart, budget: number): Evidence {
  const verdict = seconds > budget ? `longer than the ${budget}s that the probe allows` : `the probe allows ${budget}s`;
  return {
    fact: `pod ${entry.name} needed ${formatDuration(seconds * 1000)} from start to Ready; ${verdict}`,
    source: `${podSource(entry)} status.conditions`,
  };
}

/** A probe that asks the wrong thing is corrected; one that is too impatient gets a startup probe in front of it. */
function fixesOf(subject: ServiceSubject, failing: FailingProbe, start: SeenStart | undefined): readonly Fix[] {
  if (!['refused', 'other', 'unseen'].includes(failing.fault)) return probeFixes(subject, failing);
  const { period, failureThreshold } = probeTimes(failing.probe);
  const needed = Math.max(300, Math.ceil((start?.seconds ?? 0) * 2));
  if (failing.type === 'startup') {
    const threshold = Math.max(failureThreshold * 3, Math.ceil(needed / period));
    return change(
      failing,
      `let the start take ${period * threshold} seconds`,
      { failureThreshold: threshold },
      { failureThreshold },
    );
  }
  const { owner, container, probe } = failing;
  if (!isInTemplate(failing, container.name) || container.spec.startupProbe !== undefined)
    return probeFixes(subject, failing);
  const { httpGet, tcpSocket, exec, grpc } = probe;
  const handler = JSON.parse(JSON.stringify({ httpGet, tcpSocket, exec, grpc })) as Readonly<Record<string, unknown>>;
  const startupProbe = { ...handler, periodSeconds: 10, failureThreshold: Math.ceil(needed / 10) };
  return [
    {
      title: `add a startup probe that holds the liveness probe back for up to ${Math.ceil(needed / 10) * 10} seconds`,
      command: patchContainer(owner, container.name, { startupProbe }, container.nativeSidecar),
      risk: 'low',
      undo: patchContainer(owner, container.name, { startupProbe: null }, container.nativeSidecar),
    },
    ...probeFixes(subject, failing),
  ];
}
