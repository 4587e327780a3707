import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { type ContainerTrouble, runLength } from '../../../../shared/model/pod-state-container.ts';
import { containerOfEvent } from '../../../../shared/model/pod-state-probe.ts';
import { ago, formatDuration } from '../../../../shared/util/duration.ts';
import { hideSecrets } from '../../../../shared/util/hide-secrets.ts';
import { plural, shorten } from '../../../../shared/util/text.ts';
import { pullAnswer } from './containers/image-answers.ts';
import { lastErrorLine, lastLogLines } from './containers/last-log-lines.ts';
import type { ServicePod } from './service-pods.ts';

/** Longest quotation of somebody else's words. */
export const QUOTE = 200;

/** What the status says of the container in trouble, in Kubernetes' own words. */
export function statusEvidence(entry: ServicePod, trouble: ContainerTrouble, now: number): Evidence {
  const { reason, message, ended, restarts, container } = trouble;
  const parts = [`container ${container.name}: ${reason}`];
  // Of a pull, the frames around the registry's answer would fill the line.
  const words = trouble.kind === 'image' ? pullAnswer(message).words : message;
  if (words !== '' && words !== ended?.message) parts.push(`"${shorten(hideSecrets(words), QUOTE)}"`);
  if (ended !== undefined) parts.push(endInWords(ended, now));
  if (restarts > 0) parts.push(plural(restarts, 'restart'));
  return { fact: parts.join(', '), source: `${podSource(entry)} status.${statusField(trouble)}` };
}

function endInWords(ended: NonNullable<ContainerTrouble['ended']>, now: number): string {
  const length = runLength(ended);
  const lasted = length === undefined ? '' : ` after ${formatDuration(length)}`;
  const when = ago(ended.finishedAt, now);
  const text = hideSecrets((ended.message ?? '').trim());
  return (
    `last run ended${lasted} with exit code ${ended.exitCode ?? '?'} (${ended.reason ?? 'no reason given'})` +
    (when === '' ? '' : ` ${when}`) +
    (text === '' ? '' : `: "${shorten(text, QUOTE)}"`)
  );
}

function statusField(trouble: ContainerTrouble): string {
  return trouble.role === 'app' ? 'containerStatuses' : 'initContainerStatuses';
}

/** `Pod shop/web-1`. */
export function podSource(entry: ServicePod): string {
  return `Pod ${entry.key}`;
}

/** One event, quoted, with how often and when. */
export function eventEvidence(event: ClusterEvent, now: number): Evidence {
  const when = ago(event.lastSeen, now);
  const times = event.count > 1 ? `${event.count} times` : '';
  const note = [times, when === '' ? '' : `last ${when}`].filter((part) => part !== '').join(', ');
  const { kind, namespace, name } = event.object;
  const about = `${namespace ?? ''}` === '' ? (name ?? '') : `${namespace}/${name ?? ''}`;
  return {
    fact: `"${shorten(hideSecrets(event.message), QUOTE)}"${note === '' ? '' : ` (${note})`}`,
    source: `Event ${event.reason} on ${kind ?? ''} ${about}`,
  };
}

/** The newest event of a pod with one of the reasons, about a container when one is named. */
export function newestEvent(
  index: ClusterIndex,
  entry: ServicePod,
  reasons: readonly string[],
  container?: string,
  telling: (message: string) => boolean = () => true,
): ClusterEvent | undefined {
  return index
    .events(entry.pod, 'Pod')
    .findLast(
      (event) =>
        reasons.includes(event.reason) &&
        telling(event.message) &&
        (container === undefined || (containerOfEvent(event) ?? container) === container),
    );
}

/** What a container wrote, the run that ended before the present one; runs without a word are left out. */
export function logsOf(
  index: ClusterIndex,
  { pod, name }: ServicePod,
  container: string,
): readonly { readonly text: string; readonly previous: boolean }[] {
  return [true, false].flatMap((previous) => {
    const text = index.log(pod.metadata?.namespace ?? '', name, container, previous) ?? '';
    return text === '' ? [] : [{ text, previous }];
  });
}

/** The last words of a container, of the run that ended when the snapshot has it; never a secret. */
export function logEvidence(index: ClusterIndex, entry: ServicePod, container: string): readonly Evidence[] {
  for (const { text, previous } of logsOf(index, entry, container)) {
    const lines = lastLogLines(text);
    if (lines.length === 0) continue;
    const source = logSource(entry, container, previous);
    return lines.map((line) => ({ fact: line, source }));
  }
  return [];
}

/** The end of a summary: what a container that ended says of the reason; empty when nothing like it was read. */
export function saying(index: ClusterIndex, group: readonly ServicePod[], container: string): string {
  for (const entry of group) {
    for (const { text } of logsOf(index, entry, container)) {
      const line = lastErrorLine(text);
      if (line !== undefined) return `; it says: ${line}`;
    }
  }
  return '';
}

/** `log of Pod shop/web-1 container app (previous run)`. */
export function logSource(entry: ServicePod, container: string, previous: boolean): string {
  return `log of ${podSource(entry)} container ${container}${previous ? ' (previous run)' : ''}`;
}

/** What a container was told to run, on one line that is cut where it is long; never a secret. */
export function commandLine(spec: Container): string {
  return shorten(hideSecrets(wholeCommand(spec)), 160);
}

/** All that a container was told to run: to be looked through, not to be shown. */
export function wholeCommand({ command = [], args = [] }: Container): string {
  return [...command, ...args].join(' ');
}
