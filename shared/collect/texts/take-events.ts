import { KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import { plural } from '../../util/text.ts';
import { kindOfWord } from '../files/kind-names.ts';
import type { Intake, PrintedText } from '../intake/intake.ts';
import { timesOf } from '../intake/intake.ts';
import type { TextEvent } from './kubectl-text.ts';
import type { Recorded } from './recorded.ts';

/** What an event of a text is about. */
interface Placed {
  readonly kind: string;
  /** That of the event; the object has none where its kind has none. */
  readonly namespace: string;
  readonly scoped: boolean;
  readonly object: KubeObject | undefined;
}

/** Adds the events of one text to those of the recording, in namespaces that are not in `read`. */
export function takeEvents(
  intake: Intake,
  text: PrintedText,
  recorded: Recorded,
  read: ReadonlySet<string | undefined>,
  events: Map<string, KubeObject>,
  takenAt: number,
): void {
  const { file } = text;
  const own = namespaceOf(text, recorded);
  const told = new Set(text.everywhere ? ['*'] : []);
  const all = text.events.map((event) => ({ event, place: placeOf(event, own, text, recorded) }));
  const clock = clockOf(all, takenAt);
  const counts = new Map<string, number>();
  let lost = 0;
  for (const { event, place } of all) {
    if (place === undefined) lost++;
    if (place === undefined || read.has(place.namespace) || isOfFormer(place, event, clock)) continue;
    const { kind, namespace, scoped } = place;
    const { name, reason, message, type, count, fieldPath, source } = event;
    told.add(namespace);
    const same = JSON.stringify([namespace, kind, name, reason, message]);
    const nth = (counts.get(same) ?? 0) + 1;
    counts.set(same, nth);
    // The same event in a table and below the object: that with more in it.
    const key = `${same}${nth}`;
    const known = events.get(key) as { readonly count?: number } | undefined;
    if (known !== undefined && source === '' && (known.count ?? 0) >= count) continue;
    const times = timesOf(intake, file.root).newest;
    const lastTimestamp = timeOf(clock.at, event.last);
    times.add(lastTimestamp);
    events.set(key, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name: `${name}.${events.size}` },
      involvedObject: { kind, name, ...(scoped ? { namespace } : {}), fieldPath },
      type,
      reason,
      message,
      count,
      firstTimestamp: timeOf(clock.at, event.first),
      lastTimestamp,
      source: { component: source === '' && kind === 'Pod' && !OTHERS.test(reason) ? 'kubelet' : source },
    } as KubeObject);
  }
  for (const namespace of told) intake.stated.push({ kind: 'Event', namespace, status: 'ok', subset: 'as text' });
  if (lost > 0) {
    intake.problems.push({
      path: file.display,
      message: `${plural(lost, 'event')} of an unknown namespace or object left out; record them with kubectl get events -A -o yaml`,
      aside: true,
    });
  }
}

/** Events of pods that others write than kubelets. */
const OTHERS = /Schedul|Preempt|NotReady|Evict|Attach/;

function timeOf(clock: number, age: number | undefined): string | undefined {
  return age === undefined || !Number.isFinite(clock) ? undefined : new Date(clock - age).toISOString();
}

/**
 * The namespace of a text that names none: the one that has most of the objects that the text is about; one that its path
 * names; the one with most of the workloads after which those objects are named.
 */
function namespaceOf({ events, file }: PrintedText, { byName, namespaces }: Recorded): string | undefined {
  const names = events.filter(({ namespace }) => namespace === undefined).map(({ name }) => name);
  return (
    mostOf(names, (name) => byName.get(name)) ??
    [file.hints.namespace, ...file.hints.candidates].find((word) => word !== undefined && namespaces.has(word)) ??
    mostOf(names, (name) => {
      let stem = name;
      while (stem !== '' && !byName.has(stem)) stem = stem.slice(0, Math.max(0, stem.lastIndexOf('-')));
      return byName.get(stem);
    })
  );
}

/** The namespace that most names lead to, unless another one has as many. */
function mostOf(
  names: readonly string[],
  find: (name: string) => readonly KubeObject[] | undefined,
): string | undefined {
  const votes = new Map<string, number>();
  for (const name of names) {
    for (const namespace of new Set(find(name)?.map(({ metadata }) => metadata?.namespace ?? ''))) {
      if (namespace !== '') votes.set(namespace, (votes.get(namespace) ?? 0) + 1);
    }
  }
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a);
  return first !== undefined && first[1] > (second?.[1] ?? 0) ? first[0] : undefined;
}

function placeOf(
  event: TextEvent,
  own: string | undefined,
  { file }: PrintedText,
  recorded: Recorded,
): Placed | undefined {
  const { name } = event;
  const found = recorded.byName.get(name) ?? [];
  const here = found.filter(({ metadata }) => (metadata?.namespace ?? event.namespace) === event.namespace);
  const told = event.kind ?? kindBy(here, file.hints.kind);
  if (told === undefined || name === '') return undefined;
  const key = kindOfWord(told);
  const kind = key === undefined ? told : KINDS[key].kind;
  const scoped = key === undefined || KINDS[key].namespaced;
  // Events of what has no namespace are kept in `default`.
  const namespace = event.namespace ?? (scoped ? own : 'default');
  if (namespace === undefined) return undefined;
  const object = found.find((one) => one.kind === kind && (!scoped || one.metadata?.namespace === namespace));
  return { kind, namespace, scoped, object };
}

/** The kind of a described object: the one that the file is named after, or the only one that bears the name. */
function kindBy(found: readonly KubeObject[], hint: string | undefined): string | undefined {
  const kinds = new Set(found.map(({ kind }) => kind));
  return hint !== undefined && kinds.has(hint) ? hint : kinds.size === 1 ? [...kinds][0] : undefined;
}

interface Clock {
  readonly at: number;
  /** The text itself tells that it is no earlier. */
  readonly proven: boolean;
}

/** Ages are cut to minutes from ten minutes on, and to hours from this on (HumanDuration). */
const COARSE = 8 * 3600_000;

/**
 * When a text was printed: with the recording, or later where it says of a pod that something was longer ago than the pod
 * would be old. Of a name that more than one pod had, only the newest Scheduled is surely that of the last one.
 */
function clockOf(all: readonly { event: TextEvent; place: Placed | undefined }[], takenAt: number): Clock {
  const ages = new Map<KubeObject, number>();
  for (const { event, place } of all) {
    const { object } = place ?? {};
    const { generateName, ownerReferences } = object?.metadata ?? {};
    const age = event.first ?? event.last ?? COARSE;
    if (object === undefined || age >= COARSE) continue;
    const known = ages.get(object);
    if (generateName !== undefined && ownerReferences?.[0]?.kind !== 'StatefulSet') {
      ages.set(object, Math.max(age, known ?? 0));
    } else if (event.reason === 'Scheduled') ages.set(object, Math.min(age, known ?? age));
  }
  const least = [...ages].map(([{ metadata }, age]) => Date.parse(metadata?.creationTimestamp ?? '') + age);
  return {
    at: [takenAt, ...least]
      .filter((time) => !Number.isNaN(time))
      .reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    proven: least.length > 0,
  };
}

/** Whether an event is of an object that had the name before: texts have no uids. */
function isOfFormer({ object }: Placed, { last }: TextEvent, { at, proven }: Clock): boolean {
  const made = Date.parse(object?.metadata?.creationTimestamp ?? '');
  return proven && last !== undefined && at - last < made - 60_000;
}
