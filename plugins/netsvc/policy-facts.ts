import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import { traitsOf } from '../../shared/policy/enforcement/enforcement.ts';
import { enforcementIn } from '../../shared/policy/enforcement/enforcement-of-index.ts';
import { policyFactsOf } from '../../shared/policy/facts-of-index.ts';
import { buildPolicyModel, type PolicyModel } from '../../shared/policy/model.ts';

/**
 * The policies of the cluster without host-networked pods as callers: what a plugin makes of them differs, and they stand
 * for their node, whose own traffic policies never stop. They would leave every "nobody is let in" undecided.
 */
export function podCallersModelIn(index: ClusterIndex): PolicyModel {
  return index.memo('netsvc/policy-model/pod-callers', () => {
    const facts = policyFactsOf(index);
    const pods = facts.pods.filter((pod) => pod.spec?.hostNetwork !== true);
    return buildPolicyModel({ ...facts, pods, traits: traitsOf(enforcementIn(index).by) });
  });
}
