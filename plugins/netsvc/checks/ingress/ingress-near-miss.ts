import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeBackends } from './backends.ts';
import { meantService } from './meant-service.ts';
import { routesOf } from './routes.ts';

/** An Ingress that names a Service which does not exist, where this one is the nearest name. */
export const ingressNearMiss = defineCheck<ServiceSubject>({
  id: 'netsvc/ingress-near-miss',
  group: 'ingress',
  needs: ['Ingress', 'Service'],
  run: (subject, { index }) =>
    (nearMisses(index, subject.namespace).get(subject.name) ?? []).flatMap(({ ingress, only }) =>
      judgeBackends(index, ingress, { only }).map(
        (finding): Finding => ({ ...finding, severity: 'warning', confidence: 'likely' }),
      ),
    ),
});

/** The Ingresses of a namespace that name a missing Service, by the Service that they most likely mean. */
function nearMisses(
  index: ClusterIndex,
  namespace: string,
): ReadonlyMap<string, readonly { readonly ingress: Ingress; readonly only: string }[]> {
  return index.memo(`ingress/near-misses/${namespace}`, () => {
    const map = new Map<string, { ingress: Ingress; only: string }[]>();
    for (const ingress of index.list('Ingress', namespace)) {
      for (const only of new Set(routesOf(ingress).flatMap(({ service }) => service ?? []))) {
        if (!isProvenAbsent(index, 'Service', namespace, only)) continue;
        const meant = meantService(index, namespace, only);
        if (meant === undefined) continue;
        const list = map.get(nameOf(meant));
        if (list === undefined) map.set(nameOf(meant), [{ ingress, only }]);
        else list.push({ ingress, only });
      }
    }
    return map;
  });
}
