import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { namesOf, plainName } from '../../../../shared/dns/service-names.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { namesMessages } from '../../messages/names.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { callerPod } from '../exposure/places.ts';
import { callerName, callerOfPod, callersIn } from './callers.ts';

/**
 * hostAliases put lines into /etc/hosts of a pod, which is asked before DNS. One that gives a name of this Service another
 * address leads the pod astray, whatever the Service does.
 */
export const callerHostAlias = defineCheck<ServiceSubject>({
  id: 'netsvc/caller-host-alias',
  group: 'names',
  needs: [],
  uses: [...WORKLOAD_KINDS, 'Pod', 'EndpointSlice'],
  run: (subject, { index, from }) => {
    const pod = callerPod(index, from);
    const asked = pod === undefined ? [] : [callerOfPod(index, pod)];
    const callers = asked.length > 0 ? asked : callersIn(index, subject.namespace);
    return callers.flatMap((caller) => {
      const names = new Set(
        namesOf(subject.name, subject.namespace).slice(caller.namespace === subject.namespace ? 0 : 1),
      );
      const alias = (caller.spec?.hostAliases ?? []).find((entry) =>
        (entry.hostnames ?? []).some((hostname) => names.has(plainName(hostname))),
      );
      if (alias === undefined || addressesOf(index, subject).has(alias.ip ?? '')) return [];
      const hit = (alias.hostnames ?? []).filter((hostname) => names.has(plainName(hostname)));
      return [
        namesMessages.SVC851.raise({
          subject: caller.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            caller: callerName(caller),
            names: joinNames(hit, 3),
            ip: alias.ip ?? '',
            address: subject.service.spec?.clusterIP ?? '',
            edit: caller.owner === undefined ? '' : `${caller.owner.kind.toLowerCase()} ${caller.owner.name}`,
            pod: caller.ref.name,
            namespace: caller.namespace,
          },
          severity: asked.length > 0 ? 'critical' : 'warning',
          evidence: [
            { fact: `hostAliases: ${alias.ip ?? ''} ${hit.join(' ')}`, source: `${formatRef(caller.ref)} hostAliases` },
            {
              fact: `clusterIP is ${subject.service.spec?.clusterIP ?? 'none'}`,
              source: `${formatRef(subject.ref)} spec.clusterIP`,
            },
          ],
        }),
      ];
    });
  },
});

/** Addresses by which the Service may well be reached. */
function addressesOf(index: ClusterIndex, { service }: ServiceSubject): ReadonlySet<string> {
  return new Set([
    ...(service.spec?.clusterIPs ?? []),
    service.spec?.clusterIP ?? '',
    ...(service.spec?.externalIPs ?? []),
    ...(service.status?.loadBalancer?.ingress ?? []).flatMap((entry) => entry.ip ?? []),
    ...endpointRows(index, service).flatMap((row) => row.addresses),
  ]);
}
