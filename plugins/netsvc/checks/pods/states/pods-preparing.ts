import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { PreparingProblem } from '../../../../../shared/model/pod-state-preparing.ts';
import { ago } from '../../../../../shared/util/duration.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { compareText, joinNames, shorten } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { configFixes, nearestConfig } from '../config/config-fixes.ts';
import { isPatchable, patchContainer } from '../containers/workload-commands.ts';
import { withWords } from '../dependencies/dependencies.ts';
import { eventEvidence, newestEvent, podSource } from '../pod-evidence.ts';
import { groupBy, inPods, ownerKey, podKeys, thePods } from '../pod-groups.ts';
import { rolloutNote, withUndo } from '../rollout-note.ts';
import { type PodIn, podsIn, servicePods, weigh } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import {
  attachFixes,
  claimInWords,
  holderEvidence,
  mountWords,
  runtimeClassFixes,
  sharedClaim,
} from './preparing-fixes.ts';
import { sandboxCause } from './sandbox-causes.ts';

type Preparing = PodIn<'preparing'>;
type Group = readonly [Preparing, ...Preparing[]];

const REASONS = [
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'FailedPodSandBoxStatus',
  'NetworkNotReady',
];
/** A large image or a slow volume takes this long without anything being wrong. */
const PATIENCE = 300_000;

/** Pods on their node that have no container yet: volumes, sandbox, network. */
export const podsPreparing = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-preparing',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(podsIn(servicePods(index, subject), 'preparing'), keyOf).map((group) => raise(index, subject, group)),
});

function keyOf(entry: Preparing): string {
  const { problem } = entry.state;
  const parts = [ownerKey(entry), problem.is];
  if (problem.is === 'missing-object') parts.push(problem.object.kind, problem.object.name, problem.object.key ?? '');
  if (problem.is === 'sandbox') parts.push(sandboxCause(problem.message).words);
  if (problem.is === 'claim') parts.push(problem.claim);
  return parts.join('\u0000');
}

function raise(index: ClusterIndex, subject: ServiceSubject, group: Group): Finding {
  const [first] = group;
  const { problem, since } = first.state;
  const all = servicePods(index, subject);
  const note = rolloutNote(index, group);
  const pods = thePods(group, all);
  const whole = {
    title: 'see the whole message',
    command: `kubectl describe pod ${first.name} -n ${subject.namespace}`,
    risk: 'none' as const,
  };
  const facts = {
    subject: first.owner,
    pods: podKeys(group),
    evidence: [...evidenceOf(index, first), ...note.evidence],
    ...weigh(subject, all, group),
    fixes: withUndo(note, [whole]),
  };
  const nodes = nodesOf(group);
  switch (problem.is) {
    case 'missing-object': {
      const { kind, name, volume, key } = problem.object;
      const finding = podsMessages.SVC237.raise({
        ...facts,
        args: { pods, kind: kind.toLowerCase(), name, volume, key: key ?? '' },
        fixes: withUndo(note, configFixes(index, subject.namespace, { kind, name, key })),
      });
      return withWords(finding, { words: nearestConfig(index, subject.namespace, { kind, name, key }) });
    }
    case 'mount':
      return podsMessages.SVC238.raise({
        ...facts,
        args: { pods, detail: `FailedMount, ${mountWords(problem.message)}` },
      });
    case 'claim':
      return podsMessages.SVC238.raise({
        ...facts,
        args: { pods, detail: `PersistentVolumeClaim ${problem.claim} is ${problem.phase}` },
      });
    case 'attach':
      return podsMessages.SVC239.raise({
        ...facts,
        args: { pods, detail: mountWords(problem.message) + claimInWords(index, first, problem.message) },
        evidence: [...facts.evidence, ...holderEvidence(index, first, problem.message)],
        fixes: withUndo(note, [...attachFixes(index, first, problem.message), whole]),
      });
    case 'sandbox': {
      const { words, fixes } = sandboxCause(problem.message);
      return podsMessages.SVC240.raise({
        ...facts,
        args: { pods, nodes, cause: words },
        fixes: fixes.length === 0 ? withUndo(note, [...runtimeClassFixes(first), whole]) : fixes,
      });
    }
    case 'network-not-ready':
      return podsMessages.SVC241.raise({
        ...facts,
        args: { pods, nodes, cause: shorten(problem.message.replace(/^network is not ready: /, ''), 200) },
        fixes: sandboxCause(problem.message).fixes,
      });
    case 'hook': {
      const { name = '', lifecycle } = problem.container;
      const patch = (postStart: unknown): string => patchContainer(first.owner, name, { lifecycle: { postStart } });
      const does = shorten(hideSecrets(lifecycle?.postStart?.exec?.command?.join(' ') ?? ''), 120);
      return podsMessages.SVC228.raise({
        ...facts,
        confidence: 'likely',
        args: {
          container: `container ${name}`,
          where: inPods(group, all),
          reason: 'ContainerCreating',
          detail: `its process runs, its postStart hook has not ended${sinceInWords(since, index).replace(' for', ' after')}${does && `: ${does}`}`,
        },
        fixes: isPatchable(first.owner)
          ? withUndo(note, [
              { title: 'do without the hook', command: patch(null), risk: 'low', undo: patch(lifecycle?.postStart) },
            ])
          : facts.fixes,
      });
    }
    case 'unexplained': {
      const waited = index.now - Date.parse(since ?? '');
      return podsMessages.SVC242.raise({
        ...facts,
        ...(facts.severity === 'warning' && waited < PATIENCE ? { severity: 'info' as const } : {}),
        args: {
          pods,
          since: sinceInWords(since, index),
          suspects: suspectsOf(problem, nodes, sharedClaim(index, first)),
        },
      });
    }
  }
}

/** Of facts without a time of their own a short time is a lower bound, and says nothing. */
function sinceInWords(since: string | undefined, { now, orLater }: ClusterIndex): string {
  const when = ago(since, now);
  if (orLater && now - Date.parse(since ?? '') < 60_000) return '';
  return when === '' ? '' : ` for ${when.replace(' ago', '')}`;
}

function suspectsOf(
  problem: PreparingProblem & { is: 'unexplained' },
  nodes: string,
  shared: readonly string[],
): string {
  const mounts = problem.mounts.map((mount) => `${mount.kind.toLowerCase()} ${mount.name}`);
  const parts = [...shared];
  if (problem.sandbox === false) parts.push(`no sandbox was made on ${nodes} (PodReadyToStartContainers False)`);
  if (mounts.length > 0) parts.push(`volumes need ${joinNames(mounts, 3)}: check that they exist`);
  if (parts.length === 0) parts.push(`on ${nodes}; events that would tell why are gone or were not read`);
  return `: ${parts.join('; ')}`;
}

function nodesOf(group: Group): string {
  const names = [...new Set(group.map((entry) => entry.pod.spec?.nodeName ?? ''))].sort(compareText);
  if (names.every((name) => name === '')) return group.length === 1 ? 'its node' : 'their nodes';
  return `${names.length === 1 ? 'node' : 'nodes'} ${joinNames(names, 3)}`;
}

function evidenceOf(index: ClusterIndex, entry: Preparing): readonly Evidence[] {
  const { problem } = entry.state;
  const evidence: Evidence[] = [];
  if (problem.is === 'missing-object' && problem.message === '') {
    const { kind, name } = problem.object;
    evidence.push({ fact: `no ${kind} ${name} in the namespace`, source: `${kind} list` });
  }
  const event = newestEvent(index, entry, REASONS);
  const told = 'message' in problem && problem.message !== '' ? problem.message : undefined;
  const exact = told === undefined ? event : index.events(entry.pod, 'Pod').findLast((other) => other.message === told);
  if (exact !== undefined) evidence.push(eventEvidence(exact, index.now));
  evidence.push({
    fact: 'containers wait in ContainerCreating',
    source: `${podSource(entry)} status.containerStatuses`,
  });
  return evidence;
}
