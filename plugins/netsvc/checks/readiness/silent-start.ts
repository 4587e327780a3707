import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { rolloutOf } from '../../../../shared/model/rollouts.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { needsOf } from '../pods/dependencies/dependencies.ts';
import { podSource } from '../pods/pod-evidence.ts';
import { groupBy } from '../pods/pod-groups.ts';
import { type PodIn, servicePods } from '../pods/service-pods.ts';
import { saysOtherwise } from '../pods/still-starting.ts';
import { answersElsewhere } from './answers-elsewhere.ts';
import { type BlamedProbe, blamedPods } from './blamed-probes.ts';
import { probeKey } from './failing-probes.ts';
import { startsSeen } from './measured-start.ts';
import { probeTexts } from './probe-words.ts';
import { standbyOf } from './standby.ts';
import { mayBeStarting } from './unready-weight.ts';

/** Seconds in which a server of which nothing else is known is taken for one that starts. Of the later ones few come up. */
const UNTOLD = 60;
/** What a program needs after its command has waited. */
const AFTER_SLEEP = 30;
/** How much slower than a start that was seen the next one may be. */
const SLOWER = 2;
/** The API's default of progressDeadlineSeconds: longer than this no start is believed. */
const LONGEST = 600;

/** Seconds that a start may take, with what says so. */
interface Patience {
  readonly seconds: number;
  /** For a summary: `; its command waits 90s first`. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Pods that have refused their readiness probe since they started, say nothing of themselves, and are young enough to be
 * on their way: while no setting, word, deadline or other pod of the revision speaks against it. One pod of a revision
 * that is overdue speaks for all of them.
 */
export function silentStarts(index: ClusterIndex, subject: ServiceSubject): readonly PodIn<'starting'>[] {
  return index.memoOf(subject.service, 'netsvc/silent-starts', () => {
    const probes = blamedPods(index, subject).flatMap(({ failing }) => (failing === undefined ? [] : [failing]));
    return groupBy(probes, probeKey)
      .filter((group) => group.every((one) => isSilentStart(index, subject, one)))
      .filter((group) => standbyOf(index, group, servicePods(index, subject)) === undefined)
      .flatMap((group) =>
        group.map(({ blamed, ...entry }) => ({
          ...entry,
          state: { is: 'starting', stage: 'probing', container: blamed, since: blamed.startedAt },
        })),
      );
  });
}

function isSilentStart(index: ClusterIndex, subject: ServiceSubject, one: BlamedProbe): boolean {
  const { container, probe, failure } = one;
  const host = probe.httpGet?.host ?? probe.tcpSocket?.host ?? '';
  // Facts without a time of their own are rather later than the newest time in them.
  if (one.fault !== 'refused' || host !== '' || index.orLater || one.state.containers.length > 1) return false;
  if (failure === undefined || rolloutOf(index, one.owner)?.stuck === true) return false;
  const { seconds } = patienceWith(index, subject, one);
  return (
    mayBeStarting(index, one, servicePods(index, subject), seconds) &&
    !saysOtherwise(index, one.pod, container.name) &&
    answersElsewhere(index, one).words === '' &&
    needsOf(index, one, container, probeTexts(one)).evidence.length === 0
  );
}

/** How long the start of a container may take, by its command and by pods of its workload that are Ready. */
export function patienceWith(
  index: ClusterIndex,
  subject: ServiceSubject,
  entry: Pick<BlamedProbe, 'container' | 'owner'>,
): Patience {
  const sleep = sleepsFirst(entry.container.spec);
  if (sleep > 0 && sleep <= LONGEST) {
    return { seconds: sleep + AFTER_SLEEP, words: `; its command waits ${sleep}s first`, evidence: [] };
  }
  const [seen] = startsSeen(index, subject, entry);
  const seconds = Math.min(LONGEST, SLOWER * (seen?.seconds ?? 0));
  if (seen === undefined || seconds <= UNTOLD) return { seconds: UNTOLD, words: '', evidence: [] };
  const fact = `pod ${seen.entry.name} was Ready ${formatDuration(seen.seconds * 1000)} after its start`;
  return { seconds, words: '', evidence: [{ fact, source: `${podSource(seen.entry)} status` }] };
}

/** Seconds that a script waits before it goes on to something else: `sleep 90 && serve`, `time.sleep(90); serve()`. */
function sleepsFirst({ command = [], args = [] }: BlamedProbe['container']['spec']): number {
  const line = [...command, ...args].join(' ');
  const found = /\bsleep[ (](\d+)(m?)s?\)?\s*(?:&&|;|\n)\s*(?!(?:done|exit|wait)\b)\S/.exec(line);
  return Number(found?.[1] ?? 0) * (found?.[2] === 'm' ? 60 : 1);
}
