import { isDnsLabel, parseClusterName, plainName } from '../../../../shared/dns/service-names.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { formatRef, namespaceOf } from '../../../../shared/model/refs.ts';
import { slicesOf } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** What an ExternalName Service leads to, as it is written. */
export function externalNameOf(subject: ServiceSubject): string {
  return subject.service.spec?.externalName ?? '';
}

/** More aliases in a row than any resolver follows. */
const MOST_ALIASES = 10;

/**
 * The last Service of this cluster that an alias leads to, through other aliases: one that has endpoints, or an alias
 * that leads outside or nowhere. Undefined when there is none, and for aliases that go in a circle.
 */
export function aliasedService(index: ClusterIndex, { service }: ServiceSubject): Service | undefined {
  let last = service;
  for (let step = 0; isAlias(last); step++) {
    const meant = parseClusterName(last.spec?.externalName ?? '');
    const next = meant === undefined ? undefined : index.get('Service', meant.namespace, meant.service);
    if (next === undefined) return last === service ? undefined : last;
    if (step === MOST_ALIASES) return undefined;
    last = next;
  }
  return last === service ? undefined : last;
}

/** Whether the Service is only another name (ExternalName), without address and endpoints. */
export function isAlias(service: Service): boolean {
  return service.spec?.type === 'ExternalName';
}

/** Whether the slices of that Service may simply not have been asked for: none is at hand, and not all were read. */
export function slicesUnasked(index: ClusterIndex, service: Service): boolean {
  const namespace = namespaceOf(service);
  if (index.seen('EndpointSlice', namespace).status !== 'ok' || slicesOf(index, service).length > 0) return false;
  return !isWhollyRead(index, 'EndpointSlice', namespace);
}

/** Where the target stands, as the source of evidence. */
export function sourceOf(subject: ServiceSubject): string {
  return `${formatRef(subject.ref)} spec.externalName`;
}

/** Points the alias elsewhere. */
export function retarget(subject: ServiceSubject, target: string): Fix {
  const patch = (externalName: string): string =>
    patchLine('service', subject.namespace, subject.name, { spec: { externalName } });
  return {
    title: `point the alias at ${target}`,
    command: patch(target),
    risk: 'low',
    undo: patch(externalNameOf(subject)),
  };
}

/** Why a text cannot be a host name; undefined when it can. */
export function malformed(target: string): string | undefined {
  if (target.trim() === '') return 'is empty';
  if (target.includes('://')) return 'is a URL, not a host name';
  if (/:\d+$/.test(target)) return 'holds a port, which a name cannot carry';
  if (target.includes('/')) return 'holds a path, which a name cannot carry';
  if (plainName(target).length > 253) return 'is longer than 253 characters';
  const bad = plainName(target)
    .split('.')
    .find((label) => !isDnsLabel(label));
  return bad === undefined ? undefined : `is no host name ("${bad}")`;
}
