import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { shortestName } from '../../../../shared/dns/service-names.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef, nameOf, refKey } from '../../../../shared/model/refs.ts';
import { namesMessages } from '../../messages/names.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { callerName, danglingReferences, type Reference } from './callers.ts';
import { useName } from './name-fixes.ts';

/**
 * A caller that names a Service of this name in a namespace where there is none: the namespace in the name is wrong, or a
 * bare name is used from another namespace.
 */
export const callerNamespace = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-namespace',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service', 'Namespace'],
  run: (subject, { index }) => {
    const told = new Set<string>();
    return danglingReferences(index, subject.name).flatMap((reference) => {
      const { meant } = reference;
      if (meant.host !== undefined || meant.namespace === subject.namespace) return [];
      if (!isProvenAbsent(index, 'Service', meant.namespace, subject.name)) return [];
      if (!isMeant(index, subject, reference)) return [];
      const { caller, host } = reference;
      const key = `${refKey(caller.ref)} ${host}`;
      if (told.has(key)) return [];
      told.add(key);
      return [
        namesMessages.SVC856.raise({
          subject: caller.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            caller: `${callerName(caller)} of namespace ${caller.namespace}`,
            where: reference.where,
            host,
            namespace: meant.namespace,
            better: shortestName(subject.name, subject.namespace, caller.namespace),
            fixes: useName(reference, shortestName(subject.name, subject.namespace, caller.namespace)),
          },
          evidence: [
            {
              fact: `${reference.where} of container ${reference.container} names ${host}`,
              source: `${formatRef(caller.ref)} spec`,
            },
            {
              fact: `there is no Service ${subject.name} in namespace ${meant.namespace}`,
              source: `Services of namespace ${meant.namespace}`,
            },
          ],
        }),
      ];
    });
  },
});

/** A caller of the same namespace surely means this Service; from elsewhere the name must be unique and the port right. */
function isMeant(index: ClusterIndex, subject: ServiceSubject, reference: Reference): boolean {
  if (reference.caller.namespace === subject.namespace) return true;
  if (reference.port === undefined || !subject.ports.some((port) => port.port === reference.port)) return false;
  return index.list('Service').filter((service) => nameOf(service) === subject.name).length === 1;
}
