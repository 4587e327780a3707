import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Backend, backendsOf, byOwner, isGood } from '../ports/backends.ts';
import { isOneOff } from '../ports/dead-port.ts';
import type { Stranger } from './strangers.ts';
import { stemOf } from './version-words.ts';

const ROLE_KEY = /^(component|tier|role|layer|service|name|app|k8s-app)$/;

/**
 * Workloads that answer on the port and are another app all the same: the Service bears the name of exactly one of the
 * selected workloads, and a label for the role sets the other apart. Only told when images differ too, because several
 * Deployments of one app behind one Service are common and right.
 */
export function roleStrangers(index: ClusterIndex, subject: ServiceSubject): readonly Stranger[] {
  const [port] = subject.ports;
  if (port === undefined || subject.headless) return [];
  const all = backendsOf(index, subject, port).filter((backend) => backend.rotating && backend.number !== undefined);
  const groups = [...byOwner(all).values()].filter(([first]) => !isOneOff(first?.owner.kind ?? 'Pod'));
  const own = groups.filter(([first]) => stemOf(first?.owner.name ?? '') === stemOf(subject.name));
  const others = own.flat();
  if (own.length === 0 || own.length === groups.length) return [];
  return groups
    .filter((group) => !own.includes(group) && group.every(({ serving }) => isGood(serving)))
    .filter((group) => isAnotherApp(group, others, subject))
    .map((group) => ({
      owner: group[0]?.owner ?? { kind: 'Pod', name: '' },
      backends: group,
      why: `is another app (${roleWords(group, others)}) and answers on the same port`,
      known: true,
      share: group.length / all.length,
      count: `${group.length} of ${all.length} endpoints`,
      others,
    }));
}

function isAnotherApp(group: readonly Backend[], others: readonly Backend[], subject: ServiceSubject): boolean {
  const stem = stemOf(group[0]?.owner.name ?? '');
  const service = stemOf(subject.name);
  if (stem.includes(service) || service.includes(stem)) return false;
  const images = new Set(others.map(imagesOf));
  return group.every((backend) => !images.has(imagesOf(backend))) && roleWords(group, others) !== '';
}

/** `tier=db, not tier=web`: the role that differs. */
function roleWords(group: readonly Backend[], others: readonly Backend[]): string {
  const theirs = group[0]?.pod.metadata?.labels ?? {};
  const ours = others[0]?.pod.metadata?.labels ?? {};
  const key = Object.keys(theirs).find(
    (name) =>
      ROLE_KEY.test(name.slice(name.lastIndexOf('/') + 1)) && ours[name] !== undefined && ours[name] !== theirs[name],
  );
  return key === undefined ? '' : `${key}=${theirs[key] ?? ''}, not ${key}=${ours[key] ?? ''}`;
}

function imagesOf({ pod }: Backend): string {
  return (pod.spec?.containers ?? []).map((container) => container.image ?? '').join(' ');
}
