import type { Evidence } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import {
  type ContainerTrouble,
  type ContainerTroubleKind,
  runLength,
} from '../../../../../shared/model/pod-state-container.ts';
import { plural } from '../../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { eventEvidence, logEvidence, newestEvent, podSource, statusEvidence } from '../pod-evidence.ts';
import { groupBy, ownerKey } from '../pod-groups.ts';
import { rolloutNote } from '../rollout-note.ts';
import { type ServicePod, servicePods } from '../service-pods.ts';

/** A pod and the container of it that is to blame. */
export interface Troubled extends ServicePod {
  readonly trouble: ContainerTrouble;
}

/** Pods of the Service of which the container to blame is in one of these kinds of trouble, Ready ones included. */
export function troubledPods(
  index: ClusterIndex,
  subject: ServiceSubject,
  kinds: readonly ContainerTroubleKind[],
): readonly Troubled[] {
  return servicePods(index, subject).flatMap((entry) => {
    const { state } = entry;
    const trouble = state.is === 'container' ? state.trouble : state.is === 'ready' ? state.restarting : undefined;
    return trouble !== undefined && kinds.includes(trouble.kind) ? [{ ...entry, trouble }] : [];
  });
}

/** One group for each owner, container, kind of trouble and whatever else tells causes apart. */
export function groupTroubled(
  pods: readonly Troubled[],
  more: (entry: Troubled) => string = () => '',
): readonly (readonly [Troubled, ...Troubled[]])[] {
  return groupBy(pods, (entry) =>
    [ownerKey(entry), entry.trouble.container.name, entry.trouble.kind, more(entry)].join('\u0000'),
  );
}

/** `container app`, `init container migrate (2 of 3)`, `sidecar istio-proxy`. */
export function containerInWords({ container, role, position }: ContainerTrouble): string {
  if (role === 'sidecar') return `sidecar ${container.name}`;
  if (role === 'app') return `container ${container.name}`;
  return `init container ${container.name}${position === undefined ? '' : ` (${position.at} of ${position.of})`}`;
}

/** MaxContainerBackOff is five minutes, and a container that ran for twice as long starts afresh. */
const BACK_OFF_FORGOTTEN = 600_000;

/** `, 4 restarts`, or `, up to 7 restarts` when pods differ; empty for none. */
export function restartsInWords(group: readonly Troubled[]): string {
  const counts = group.map((entry) => entry.trouble.restarts);
  const most = Math.max(...counts);
  if (most === 0) return '';
  return `, ${counts.every((count) => count === most) ? '' : 'up to '}${plural(most, 'restart')}`;
}

/**
 * ` (CrashLoopBackOff)` when that is its state now, or was and will be: between two waits the state is the end of a run.
 * After a run of ten minutes the kubelet forgets the back-off and starts the container at once.
 */
export function backOffInWords(group: readonly Troubled[]): string {
  const backsOff = group.some(
    ({ trouble }) =>
      trouble.reason === 'CrashLoopBackOff' ||
      (trouble.restarts >= 2 && (runLength(trouble.ended) ?? 0) < BACK_OFF_FORGOTTEN),
  );
  return backsOff ? ' (CrashLoopBackOff)' : '';
}

/** Status, the event with one of the reasons, last log lines, other containers in trouble, and what a rollout changed. */
export function troubleEvidence(
  index: ClusterIndex,
  group: readonly [Troubled, ...Troubled[]],
  reasons: readonly string[],
  withLog = false,
  telling?: (message: string) => boolean,
): readonly Evidence[] {
  const [first] = group;
  const evidence: Evidence[] = [statusEvidence(first, first.trouble, index.now)];
  const event = newestEvent(index, first, reasons, first.trouble.container.name, telling);
  if (event !== undefined) evidence.push(eventEvidence(event, index.now));
  if (withLog) {
    const told = group.find((entry) => logEvidence(index, entry, entry.trouble.container.name).length > 0);
    if (told !== undefined) evidence.push(...logEvidence(index, told, told.trouble.container.name));
  }
  if (first.state.is === 'container') {
    for (const other of first.state.others.slice(0, 2)) {
      evidence.push({ fact: `${containerInWords(other)} too: ${other.reason}`, source: podSource(first) });
    }
  }
  return [...evidence, ...rolloutNote(index, group).evidence];
}
