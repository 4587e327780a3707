import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { declaredPorts, isReady, resolveTargetPort } from '../../../../shared/model/pods.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { type Backend, backendsOf, byOwner, isFault } from '../ports/backends.ts';
import { isOneOff } from '../ports/dead-port.ts';
import { PORT_USES } from '../ports/port-uses.ts';
import { selectorChange } from './selector-evidence.ts';
import { selectorPatch } from './selector-fixes.ts';
import { stemOf } from './version-words.ts';
import { podsByOwner } from './workload-pods.ts';

/**
 * The selector matches pods, but of another app: a workload of the Service's own name runs beside, declares the port that
 * is asked for, and no Service selects it.
 */
export const wrongWorkload = defineCheck<ServiceSubject>({
  id: 'netsvc/wrong-workload',
  group: 'selector',
  needs: ['Pod'],
  uses: [...PORT_USES, 'Service'],
  applies: (subject) => subject.selector !== undefined && subject.ports.length > 0,
  run: (subject, { index, now }) => {
    // Whether nobody selects the other workload can only be told when all Services were read.
    if (!index.seen('Service', subject.namespace).whole) return [];
    const [port] = subject.ports;
    const backends = port === undefined ? [] : backendsOf(index, subject, port);
    const owners = [...byOwner(backends).values()];
    if (owners.length === 0 || owners.some((group) => isRelated(subject, group))) return [];
    const meant = meantWorkload(index, subject, owners);
    if (meant === undefined) return [];
    const dead = backends.every((backend) => isFault(backend.serving) || backend.number === undefined);
    // Where the selected pods answer, they must be another Service's own before this one is doubted.
    const crossed = crossedWith(index, subject, meant, owners);
    if (!dead && crossed === '' && !owners.every((group) => hasOwnService(index, subject, group))) return [];
    const labels = meant.object.spec?.selector?.matchLabels ?? {};
    const selected = joinNames(
      owners.map(([first]) => `${first?.owner.kind ?? ''} ${first?.owner.name ?? ''}`),
      3,
    );
    const change: Record<string, string | null> = { ...labels };
    for (const key of Object.keys(subject.selector ?? {})) change[key] ??= null;
    const back: Record<string, string | null> = { ...subject.selector };
    for (const key of Object.keys(labels)) back[key] ??= null;
    return [
      selectorMessages.SVC108.raise({
        subject: subject.ref,
        severity: dead ? 'critical' : 'warning',
        impact: dead ? 1 : 0.5,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          selected,
          meant: `${meant.kind} ${meant.ref.name} (${formatLabels(labels)})`,
          other: crossed === '' ? 'no Service' : `Service ${crossed}`,
          why: dead
            ? `${selected} does not serve the port, ${meant.kind} ${meant.ref.name} does`
            : 'requests reach the wrong app',
          fixes: [
            {
              title: `point the Service at ${meant.kind} ${meant.ref.name}`,
              command: selectorPatch(subject, change),
              risk: 'low',
              undo: selectorPatch(subject, back),
            },
          ],
        },
        evidence: [
          { fact: `selector ${formatLabels(subject.selector)}`, source: `${formatRef(subject.ref)} spec.selector` },
          {
            fact: `template carries ${formatLabels(meant.template?.metadata?.labels)}`,
            source: `${formatRef(meant.ref)} spec.template.metadata.labels`,
          },
          ...selectorChange(subject, now),
        ],
      }),
    ];
  },
});

function isRelated(subject: ServiceSubject, group: readonly Backend[]): boolean {
  const owner = group[0]?.owner;
  if (owner === undefined || isOneOff(owner.kind)) return true;
  const [a, b] = [stemOf(owner.name), stemOf(subject.name)];
  return a.includes(b) || b.includes(a);
}

/** The Service of the selected workload's name that selects the workload meant here: the two were mixed up. */
function crossedWith(
  index: ClusterIndex,
  subject: ServiceSubject,
  meant: OwnedWorkload,
  owners: readonly (readonly Backend[])[],
): string {
  const names = new Set(owners.map(([first]) => stemOf(first?.owner.name ?? '')));
  const selecting = selectedBy(index, subject, meant.template?.metadata?.labels ?? {});
  return selecting.find((name) => names.has(stemOf(name))) ?? '';
}

function meantWorkload(
  index: ClusterIndex,
  subject: ServiceSubject,
  owners: readonly (readonly Backend[])[],
): OwnedWorkload | undefined {
  return workloadsIn(index, subject.namespace).find((workload) => {
    const { kind, ref, template, object } = workload;
    if (kind === 'Job' || kind === 'CronJob' || stemOf(ref.name) !== stemOf(subject.name)) return false;
    if (Object.keys(object.spec?.selector?.matchLabels ?? {}).length === 0) return false;
    const selecting = selectedBy(index, subject, template?.metadata?.labels ?? {});
    if (selecting.length > 1 || (selecting.length === 1 && crossedWith(index, subject, workload, owners) === ''))
      return false;
    const pods = podsByOwner(index, subject.namespace).get(refKey(ref))?.pods ?? [];
    return (
      pods.some(isReady) &&
      subject.ports.every((port) => {
        const number = resolveTargetPort(template?.spec, port);
        return declaredPorts(template?.spec).some((declared) => declared.port === number);
      })
    );
  });
}

/** Names of the other Services that select pods with these labels. */
function selectedBy(index: ClusterIndex, subject: ServiceSubject, labels: Labels): readonly string[] {
  return index.list('Service', subject.namespace).flatMap((service) => {
    const selector = selectorOf(service);
    if (selector === undefined || !matchesLabels(selector, labels)) return [];
    return [service.metadata?.name ?? ''];
  });
}

function hasOwnService(index: ClusterIndex, subject: ServiceSubject, group: readonly Backend[]): boolean {
  const [first] = group;
  if (first === undefined) return false;
  return selectedBy(index, subject, first.pod.metadata?.labels ?? {}).some(
    (name) => name !== subject.name && stemOf(name) === stemOf(first.owner.name),
  );
}
