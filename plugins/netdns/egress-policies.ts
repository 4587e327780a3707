import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import { formatRef } from '../../shared/model/refs.ts';
import { isolating } from '../../shared/policy/model.ts';
import { policyModelOf } from '../../shared/policy/model-of-index.ts';

/** Policies that restrict where some pods may connect to, a few of them by name. */
export function egressPoliciesOf(index: ClusterIndex, pods: readonly Pod[]): readonly string[] {
  const model = policyModelOf(index);
  const names = pods.flatMap((pod) => isolating(model, pod, 'egress').map(({ policy }) => formatRef(policy.ref)));
  return [...new Set(names)].slice(0, 3);
}
