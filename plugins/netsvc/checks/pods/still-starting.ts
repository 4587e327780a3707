import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, ownerWorkload } from '../../../../shared/model/owners.ts';
import type { PodState, UnreadyContainer } from '../../../../shared/model/pod-state.ts';
import { lastProbeFailure, probesUndeclaredPort } from '../../../../shared/model/pod-state-probe.ts';
import { isReady, wasReadySince } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { conditionOfWorkload } from '../../../../shared/model/rollouts.ts';
import { lastLogLines } from './containers/last-log-lines.ts';

/** What programs write while they come up. */
const BEGINS =
  /\b(?:(?:pre|down)?loading|initiali[sz](?:ing|ation)|starting|boot(?:ing|strapping)|warm(?:ing)?[- ]?up|preparing|migrat(?:ing|ions?)|importing|(?:re)?(?:indexing|building|playing)|compiling|fetching|restor(?:ing|e)|recover(?:ing|y)|sync(?:ing|hroni[sz]ing)|catching up|populating|hydrating)\b/i;
/** `42%`, `shard 7 of 12`, `3/40`, `still …`: it moves, or says that it goes on. */
const GOES_ON = /(?<![\d.])\d{1,2}(?:\.\d+)? ?%|\b(\d+) ?(?:\/|of|out of) ?(\d+)\b|\bstill\b/i;
/** What is said by one that is up; as the last word also that something has ended. */
const UP = /\blisten(?:s|ing)?\b|\bserving\b|\brunning on\b/i;
const DONE = /\b(?:start|load|complet|finish|initiali[sz])ed\b|\bready\b/i;
/** What is said by one that has no way to come up, or waits for somebody else. */
const STUCK =
  /error|exception|fail|refus|denied|timed? ?out|unable|cannot|can't|retry|unreachable|no such|wait(?:s|ing) (?:for|until|on)\b|lookup/i;

/** Seconds in which one word of a start is believed: many programs write `Loading configuration` and nothing more. */
const ONE_WORD = 120;
/** Seconds in which a start that shows its progress is believed; the API's default of progressDeadlineSeconds. */
const PROGRESS = 600;

/**
 * The last words of a pod whose containers, in their first run, say that they are still coming up, although their probes
 * have failed for longer than probes usually do; undefined where nothing says so, or for too long. A probe that asks in
 * the wrong place, or that is answered with a refusal for good, fails after the start as well.
 */
export function stillStarting(
  index: ClusterIndex,
  pod: Pod,
  { containers }: Extract<PodState, { readonly is: 'unready' }>,
): string | undefined {
  const workload = ownerWorkload(index, pod);
  const progressing = workload === undefined ? undefined : conditionOfWorkload(workload.object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return undefined;
  const words = containers.map((one) =>
    mayPass(index, pod, one, containers.length === 1) ? startWords(index, pod, one) : undefined,
  );
  return words.every((one) => one !== undefined) ? words[0] : undefined;
}

function mayPass(index: ClusterIndex, pod: Pod, one: UnreadyContainer, only: boolean): boolean {
  const { name, spec, status } = one.container;
  if (one.waitsFor !== 'readiness' || (status?.restartCount ?? 0) > 0) return false;
  if (wasReadySince(pod, one.startedAt)) return false;
  const failure = lastProbeFailure(index.events(pod, 'Pod'), name, 'readiness', only);
  switch (failure?.kind) {
    case 'refused':
      return !probesUndeclaredPort(spec, spec.readinessProbe ?? {});
    case 'http-status':
      return (failure.status ?? 0) >= 500;
    case undefined:
    case 'timeout':
    case 'reset':
    case 'grpc-not-serving':
    case 'exec':
    case 'exec-timeout':
    case 'other':
      return true;
    default:
      return false;
  }
}

/** Whether a log tells of one that is up, or has no way to come up; a log that was not read tells nothing. */
export function saysOtherwise(index: ClusterIndex, pod: Pod, container: string): boolean {
  return lastLogLines(logOrSiblings(index, pod, container)).some(
    (line) => STUCK.test(line) || UP.test(line) || DONE.test(line),
  );
}

/** The last line of a container that tells of its start, for as long as such words are believed. */
export function startWords(
  index: ClusterIndex,
  pod: Pod,
  { container, startedAt }: UnreadyContainer,
): string | undefined {
  const lines = lastLogLines(logOrSiblings(index, pod, container.name));
  const last = lines.at(-1);
  if (last === undefined || lines.some((line) => STUCK.test(line) || UP.test(line))) return undefined;
  if (!goesOn(last) && (DONE.test(last) || !BEGINS.test(last))) return undefined;
  const patience = lines.filter(goesOn).length >= 2 ? PROGRESS : ONE_WORD;
  return index.now - Date.parse(startedAt ?? '') < patience * 1000 ? last : undefined;
}

/** The log of a container; where it was not read, that of a pod of the same revision: pods of one kind write the same. */
function logOrSiblings(index: ClusterIndex, pod: Pod, container: string): string | undefined {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const own = index.log(namespace, name, container, false);
  const owner = controllerOf(pod)?.uid;
  if (own !== undefined || owner === undefined) return own;
  for (const other of index.list('Pod', namespace)) {
    if (controllerOf(other)?.uid !== owner || isReady(other)) continue;
    const text = index.log(namespace, nameOf(other), container, false);
    if (text !== undefined) return text;
  }
  return undefined;
}

function goesOn(line: string): boolean {
  const [whole, done, all] = GOES_ON.exec(line) ?? [];
  return whole !== undefined && (all === undefined || Number(done) < Number(all));
}
