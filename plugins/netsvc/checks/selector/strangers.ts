import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import { declaredPorts } from '../../../../shared/model/pods.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { refKey } from '../../../../shared/model/refs.ts';
import { isSideName } from '../../../../shared/model/side-ports.ts';
import { joinNames, plural, shorten } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Backend, byOwner, isFault, isGood } from '../ports/backends.ts';
import { isOneOff, portState } from '../ports/dead-port.ts';
import { elsewhereWords } from '../ports/port-words.ts';
import { stemOf } from './version-words.ts';
import { wasReleased } from './workload-pods.ts';

/** Pods of another app behind the Service, which do not serve what it asks for. */
export interface Stranger {
  readonly owner: Ref;
  readonly backends: readonly Backend[];
  /** Why it does not serve: `listens on 5432 (serve 5432)`. */
  readonly why: string;
  /** False when nothing tells that it serves, and nothing that it does not. */
  readonly known: boolean;
  /** Share of the Service's requests that reach it. */
  readonly share: number;
  /** `1 of 2 endpoints`. */
  readonly count: string;
  /** Pods of the workloads that do serve. */
  readonly others: readonly Backend[];
}

/** Every owner among the selected pods that does not belong, while another one serves. */
export function strangersOf(index: ClusterIndex, subject: ServiceSubject): readonly Stranger[] {
  return index.memoOf(subject.service, 'netsvc/selector/strangers', () => {
    const found = new Map<string, Stranger>();
    for (const port of subject.ports) {
      const { all, foreign } = portState(index, subject, port);
      const owners = [...byOwner(all).values()];
      const others = owners.filter((group) => group.some(({ serving }) => isGood(serving))).flat();
      const unknown = subject.headless ? [] : owners.filter((group) => seemsForeign(group, others));
      for (const group of [...foreign, ...unknown]) {
        const [first] = group;
        if (first === undefined) continue;
        const key = refKey(first.owner);
        const share = shareOf(group, all) / subject.ports.length;
        const before = found.get(key);
        if (before !== undefined) found.set(key, { ...before, share: before.share + share });
        else found.set(key, strangerOf(group, all, others, share));
      }
    }
    return [...found.values()];
  });
}

function strangerOf(
  group: readonly Backend[],
  all: readonly Backend[],
  others: readonly Backend[],
  share: number,
): Stranger {
  const faulty = group.find(({ serving }) => isFault(serving));
  const reached = all.filter((backend) => backend.rotating && backend.number !== undefined).length;
  const own = group.filter((backend) => backend.rotating && backend.number !== undefined).length;
  return {
    owner: group[0]?.owner ?? { kind: 'Pod', name: '' },
    backends: group,
    why: faulty === undefined ? untoldWhy(group[0]) : whyOf(faulty),
    known: faulty !== undefined,
    share,
    count: `${own} of ${plural(reached, 'endpoint')}`,
    others,
  };
}

function untoldWhy(backend: Backend | undefined): string {
  const asked = backend?.number ?? 'the port';
  const declared = declaredPorts(backend?.pod.spec).map(({ port, name }) =>
    name === undefined ? `${port}` : `${port} (${name})`,
  );
  return declared.length === 0
    ? `shows nothing that listens on ${asked}`
    : `declares only ${joinNames(declared, 3)} and shows nothing that listens on ${asked}`;
}

function whyOf({ serving, number }: Backend): string {
  switch (serving.state) {
    case 'elsewhere':
      return `${elsewhereWords(serving)}, not ${number}`;
    case 'loopback':
      return `listens on 127.0.0.1 only (${shorten(serving.sign.listener.words, 60)})`;
    case 'silent':
      return `runs "${shorten(serving.words, 60)}" and serves nothing`;
    case 'otherProtocol':
      return `declares ${number} for ${serving.declared.protocol} only`;
    default:
      return `does not serve ${number}`;
  }
}

/** Requests to a port that reach the group, 0 to 1. */
function shareOf(group: readonly Backend[], all: readonly Backend[]): number {
  const reached = all.filter((backend) => backend.rotating && backend.number !== undefined).length;
  return reached === 0
    ? 0
    : group.filter((backend) => backend.rotating && backend.number !== undefined).length / reached;
}

/**
 * Owners that show nothing of what they serve, beside one that does: a Job, a bare pod with an image of its own, a
 * workload of another name that declares no port, or ports for operators only.
 */
function seemsForeign(group: readonly Backend[], others: readonly Backend[]): boolean {
  const [first] = group;
  if (first === undefined || group.some(({ serving, number }) => serving.state !== 'unknown' || number === undefined))
    return false;
  const proper = others.filter(({ owner }) => !isOneOff(owner.kind));
  if (proper.length === 0) return false;
  if (first.owner.kind === 'Job' || first.owner.kind === 'CronJob') return true;
  const ports = declaredPorts(first.pod.spec);
  // A port for metrics or health alone says that callers are not served here, unless it is the same app in another form.
  if (ports.some(({ name }) => !isSideName(name))) return false;
  if (ports.length > 0 && proper.some((other) => repositoriesOf(other) === repositoriesOf(first))) return false;
  if (first.owner.kind === 'Pod')
    return !wasReleased(first.pod) && !proper.some((other) => programsOf(other) === programsOf(first));
  return !proper.some(
    (other) => stemOf(other.owner.name) === stemOf(first.owner.name) || programsOf(other) === programsOf(first),
  );
}

/** The images of a pod without tags, which tell releases of one app apart. */
function repositoriesOf({ pod }: Backend): string {
  return (pod.spec?.containers ?? [])
    .map(({ image = '' }) => image.replace(/@.*$/, '').replace(/:[^:/]*$/, ''))
    .join(' ');
}

/** What the pod runs: a web server and its queue worker often share an image and differ in the command. */
function programsOf({ pod }: Backend): string {
  return JSON.stringify((pod.spec?.containers ?? []).map(({ image, command, args }) => [image, command, args]));
}

/** `1 of 2 endpoints do not answer, about 50 % of the requests fail`. */
export function shareWords({ count, share, known }: Stranger): string {
  const percent = Math.round(share * 100);
  return known
    ? `${count} refuse requests, about ${percent} % of them fail`
    : `${count}, which get about ${percent} % of the requests`;
}

/** Keys and values that all the right pods carry and none of the strangers: what the selector lacks. */
export function tellingLabels({ backends, others }: Stranger): Labels {
  const labels = (backend: Backend): Labels => backend.pod.metadata?.labels ?? {};
  const [model] = others;
  if (model === undefined) return {};
  const found = Object.entries(labels(model)).filter(
    ([key, value]) =>
      !/-hash$|pod-index$|pod-name$|^pod-template-generation$/.test(key) &&
      others.every((other) => labels(other)[key] === value) &&
      backends.every((backend) => labels(backend)[key] !== value),
  );
  const [best] = found;
  return best === undefined ? {} : { [best[0]]: best[1] };
}
