import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { shortestName } from '../../../../shared/dns/service-names.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef, nameOf, refKey } from '../../../../shared/model/refs.ts';
import { namesMessages } from '../../messages/names.ts';
import { type ServiceSubject, subjectOf } from '../../service-subject.ts';
import { callerName, danglingReferences, danglingReferencesIn, type Reference } from './callers.ts';
import { type Calls, findingsOfCalls } from './calls.ts';
import { useName } from './name-fixes.ts';

/**
 * A caller that names a Service of this name in a namespace where there is none: the namespace in the name is wrong, or a
 * bare name is used from another namespace. Told of the Service of the caller too, when that is the question.
 */
export const callerNamespace = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-namespace',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service', 'Namespace'],
  run: (subject, context) => {
    const { index } = context;
    const calls: Calls = {
      incoming: danglingReferences(index, subject.name),
      around: () => danglingReferencesIn(index, subject.namespace),
      // Where there is nothing of that name, the Services of the name elsewhere.
      meantBy: ({ meant }) =>
        index
          .list('Service')
          .filter((service) => nameOf(service) === meant.service)
          .map(subjectOf),
    };
    return findingsOfCalls(subject, context, calls, ({ callee, reference }) => {
      const { meant, caller, host } = reference;
      if (meant.host !== undefined || meant.namespace === callee.namespace) return undefined;
      if (!isProvenAbsent(index, 'Service', meant.namespace, callee.name)) return undefined;
      if (!isMeant(index, callee, reference)) return undefined;
      return { key: `${refKey(caller.ref)} ${host}`, finding: () => finding(callee, reference) };
    });
  },
});

function finding(subject: ServiceSubject, reference: Reference): Finding {
  const { caller, host, meant } = reference;
  const better = shortestName(subject.name, subject.namespace, caller.namespace);
  return namesMessages.SVC856.raise({
    subject: caller.ref,
    args: {
      service: `${subject.namespace}/${subject.name}`,
      caller: `${callerName(caller)} of namespace ${caller.namespace}`,
      where: reference.where,
      host,
      namespace: meant.namespace,
      better,
      fixes: useName(reference, better),
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
  });
}

/** A caller of the same namespace surely means this Service; from elsewhere the name must be unique and the port right. */
function isMeant(index: ClusterIndex, subject: ServiceSubject, reference: Reference): boolean {
  if (reference.caller.namespace === subject.namespace) return true;
  if (reference.port === undefined || !subject.ports.some((port) => port.port === reference.port)) return false;
  return index.list('Service').filter((service) => nameOf(service) === subject.name).length === 1;
}
