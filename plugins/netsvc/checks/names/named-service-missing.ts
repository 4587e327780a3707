import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS, workloadsIn } from '../../../../shared/model/owners.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { namesMessages } from '../../messages/names.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { likeness } from '../selector/label-distance.ts';
import { stemOf } from '../selector/version-words.ts';
import { callerName, danglingReferencesIn } from './callers.ts';
import { exposeFix, useName } from './name-fixes.ts';

/** How like a name must be to be the one that was meant. */
const ALIKE = 0.7;

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
      const without = workloadsIn(index, namespace).find(({ ref }) => ref.name === meant.service);
      const near = without === undefined ? nearService(index, namespace, meant.service, port) : undefined;
      if (without === undefined && near === undefined) return [];
      told.add(host);
      return [
        namesMessages.SVC857.raise({
          subject: caller.ref,
          args: {
            caller: callerName(caller),
            where,
            host: port === undefined ? host : `${host}:${port}`,
            service: `${namespace}/${meant.service}`,
            instead:
              without === undefined ? `nearest: Service ${near ?? ''}` : `${without.kind} ${without.ref.name} has none`,
            fixes: without === undefined ? useName(reference, near ?? '') : exposeFix(without, port),
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

function nearService(index: ClusterIndex, namespace: string, name: string, port: number | undefined) {
  return (
    index
      .list('Service', namespace)
      .filter(({ spec }) => spec?.ports?.some((one) => one.port === port) === true)
      .map(nameOf)
      // `api-v1` beside `api-v2` is another version, which may well not be there.
      .find((one) => likeness(one, name) >= ALIKE && stemOf(one) !== stemOf(name))
  );
}
