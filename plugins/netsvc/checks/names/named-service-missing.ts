import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { namesMessages } from '../../messages/names.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { callerName, danglingReferencesIn } from './callers.ts';
import { type Instead, insteadOf } from './instead-of.ts';
import { exposeFix, useName } from './name-fixes.ts';

/**
 * The pods of the Service name another one that does not exist. Much that an environment names is optional: only where a
 * workload of that name has no Service, or a Service of nearly that name has the port, was one surely meant.
 */
export const namedServiceMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/named-service-missing',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'ConfigMap', 'Service'],
  // Of pods that are not ready, their own words tell it.
  applies: (subject, { index }) => subjectPods(index, subject).some(isReady),
  run: (subject, { index }) => {
    const { namespace, selector = {} } = subject;
    const told = new Set<string>();
    return danglingReferencesIn(index, namespace).flatMap((reference) => {
      const { caller, host, where, container, port, meant } = reference;
      const aliases = (caller.spec?.hostAliases ?? []).flatMap(({ hostnames = [] }) => hostnames);
      if (!matchesLabels(selector, caller.labels) || aliases.includes(host) || told.has(host)) return [];
      if (meant.namespace !== namespace || !isProvenAbsent(index, 'Service', namespace, meant.service)) return [];
      const instead = insteadOf(index, namespace, meant.service, port);
      if (instead === undefined || (instead.kind === 'near' && !instead.hasPort)) return [];
      told.add(host);
      return [
        namesMessages.SVC857.raise({
          subject: caller.ref,
          args: {
            caller: callerName(caller),
            where,
            host: port === undefined ? host : `${host}:${port}`,
            service: `${namespace}/${meant.service}`,
            instead: inWords(instead),
            fixes:
              instead.kind === 'unexposed' ? exposeFix(instead.workload, port) : useName(reference, instead.service),
          },
          evidence: [
            { fact: `${where} of container ${container} names ${host}`, source: `${formatRef(caller.ref)} spec` },
            { fact: `there is no Service ${meant.service}`, source: `Services of namespace ${namespace}` },
          ],
        }),
      ];
    });
  },
});

function inWords(instead: Instead): string {
  if (instead.kind === 'near') return `nearest: Service ${instead.service}`;
  const { kind, ref } = instead.workload;
  return instead.kind === 'unexposed'
    ? `${kind} ${ref.name} has none`
    : `${kind} ${ref.name} is behind Service ${instead.service}`;
}
