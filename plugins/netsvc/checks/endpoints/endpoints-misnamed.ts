import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Endpoints } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { likeness } from '../selector/label-distance.ts';
import { isSelectorless, manualEndpoints } from './manual-endpoints.ts';
import { isMeantFor, isOnlyStarving } from './starving-services.ts';

/** Endpoints belong to the Service of the same name; one that is spelt otherwise serves nobody. */
export const endpointsMisnamed = defineCheck<ServiceSubject>({
  id: 'netsvc/endpoints-misnamed',
  group: 'endpoints',
  needs: ['EndpointSlice', 'Endpoints'],
  uses: ['Service'],
  applies: isSelectorless,
  run: (subject, { index }) => {
    if (manualEndpoints(index, subject).length > 0) return [];
    if (index.get('Endpoints', subject.namespace, subject.name) !== undefined) return [];
    const orphan = orphans(index, subject)[0];
    if (orphan === undefined) return [];
    const name = nameOf(orphan);
    return [
      endpointsMessages.SVC502.raise({
        subject: refOf(orphan, 'Endpoints'),
        args: { service: subject.name, namespace: subject.namespace, endpoints: name },
        ...(isOnlyStarving(index, subject.namespace, subject.name) ? {} : { confidence: 'likely' as const }),
        evidence: [
          {
            fact: `Endpoints ${name} holds ${addressesOf(orphan).slice(0, 3).join(', ')}, and no Service is called ${name}`,
            source: formatRef(refOf(orphan, 'Endpoints')),
          },
          { fact: `no Endpoints object is called ${subject.name}`, source: `Endpoints of ${subject.namespace}` },
        ],
      }),
    ];
  },
});

function orphans(index: ClusterIndex, subject: ServiceSubject): readonly Endpoints[] {
  const free = index.list('Endpoints', subject.namespace).filter((endpoints) => {
    if (addressesOf(endpoints).length === 0) return false;
    // Old leader elections keep their record in an Endpoints object without addresses or with this annotation.
    if (endpoints.metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined) return false;
    return isProvenAbsent(index, 'Service', subject.namespace, nameOf(endpoints));
  });
  return free
    .map((endpoints) => ({ endpoints, score: likeness(nameOf(endpoints), subject.name) }))
    .filter(({ endpoints, score }) => score >= 0.5 || (free.length === 1 && samePort(endpoints, subject)))
    .filter(({ endpoints }) =>
      isMeantFor(index, subject.namespace, subject.name, (service) => likeness(nameOf(endpoints), service)),
    )
    .sort((a, b) => b.score - a.score)
    .map(({ endpoints }) => endpoints);
}

function samePort(endpoints: Endpoints, subject: ServiceSubject): boolean {
  const numbers = new Set(subject.ports.flatMap((port) => [port.port, port.targetPort]));
  return (endpoints.subsets ?? []).some((subset) => (subset.ports ?? []).some((port) => numbers.has(port.port)));
}

function addressesOf(endpoints: Endpoints): readonly string[] {
  return (endpoints.subsets ?? []).flatMap((subset) => (subset.addresses ?? []).map((entry) => entry.ip ?? ''));
}
