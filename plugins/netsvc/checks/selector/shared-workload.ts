import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import { topOwner } from '../../../../shared/model/owners.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { compareText, joinNames } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { SELECTOR_USES } from './selector-uses.ts';

/** A note on the other Services that stand before the same pods. */
export const sharedWorkload = defineCheck<ServiceSubject>({
  id: 'netsvc/shared-workload',
  group: 'selector',
  needs: ['Pod'],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const [pod] = subjectPods(index, subject);
    const labels = pod?.metadata?.labels;
    if (pod === undefined || labels === undefined) return [];
    const candidates = Object.entries(labels).flatMap(
      ([key, value]) => servicesByLabel(index, subject.namespace).get(`${key}=${value}`) ?? [],
    );
    const others = candidates
      .filter((service) => service.metadata?.name !== subject.name && matchesLabels(selectorOf(service) ?? {}, labels))
      .sort((a, b) => compareText(a.metadata?.name ?? '', b.metadata?.name ?? ''));
    if (others.length === 0) return [];
    const owner = topOwner(index, pod);
    const names = others.map((service) => `Service ${service.metadata?.name ?? ''}`);
    return [
      selectorMessages.SVC115.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          others: joinNames(names, 3),
          verb: names.length === 1 ? 'selects' : 'select',
          workload: owner === undefined ? `Pod ${pod.metadata?.name ?? ''}` : `${owner.kind} ${owner.name}`,
        },
        evidence: others.slice(0, 5).map((service) => ({
          fact: `selector ${formatLabels(selectorOf(service))}`,
          source: `Service ${subject.namespace}/${service.metadata?.name ?? ''} spec.selector`,
        })),
      }),
    ];
  },
});

/** Services by the first entry of their selector, so that a namespace with thousands of them is walked once. */
function servicesByLabel(index: ClusterIndex, namespace: string): ReadonlyMap<string, readonly Service[]> {
  return index.memo(`netsvc/selector/services-by-label/${namespace}`, () => {
    const map = new Map<string, Service[]>();
    for (const service of index.list('Service', namespace)) {
      const [first] = Object.entries(selectorOf(service) ?? {});
      if (first === undefined) continue;
      const key = `${first[0]}=${first[1]}`;
      const list = map.get(key);
      if (list === undefined) map.set(key, [service]);
      else list.push(service);
    }
    return map;
  });
}
