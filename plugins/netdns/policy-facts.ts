import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import { WORKLOAD_KINDS } from '../../shared/model/owners.ts';
import { traitsOf } from '../../shared/policy/enforcement.ts';
import { enforcementIn } from '../../shared/policy/enforcement-of-index.ts';
import { POLICY_KINDS, policyFactsOf } from '../../shared/policy/facts-of-index.ts';
import { buildPolicyModel, type PolicyModel } from '../../shared/policy/model.ts';

/** The kinds that the two functions below read. */
export const POLICY_FACT_KINDS = [...POLICY_KINDS, ...WORKLOAD_KINDS] as const satisfies readonly KindName[];

/** The policies of the cluster made ready for questions. */
export function policyModelIn(index: ClusterIndex): PolicyModel {
  return index.memo('netdns/policy-model', () =>
    buildPolicyModel({ ...policyFactsOf(index), traits: traitsOf(enforcementIn(index).by) }),
  );
}
