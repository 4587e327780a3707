import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { nameOf, namespaceOrDefault } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { selectedPods } from '../../../shared/policy/services/service-targets.ts';

interface Side {
  readonly index: ClusterIndex;
  readonly model: PolicyModel;
}

/**
 * Services that are in both states, lead to pods before and to none after: their selector was changed, or the labels of
 * the pods were, or the workload goes. No policy has a hand in it, and all traffic is lost the same.
 */
export function emptiedServices(before: Side, after: Side): readonly Service[] {
  const known = new Map(before.index.list('Service').map((service) => [keyOf(service), service]));
  return after.index.list('Service').filter((service) => {
    const old = known.get(keyOf(service));
    if (old === undefined || old.spec?.selector == null || service.spec?.selector == null) return false;
    return selectedPods(service, after.model.pods).length === 0 && selectedPods(old, before.model.pods).length > 0;
  });
}

function keyOf(service: Service): string {
  return `${namespaceOrDefault(service)}/${nameOf(service)}`;
}
