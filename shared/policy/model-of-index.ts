import type { ClusterIndex } from '../model/cluster-index.ts';
import type { KindName } from '../model/kinds.ts';
import { WORKLOAD_KINDS } from '../model/owners.ts';
import { traitsOf } from './enforcement/enforcement.ts';
import { enforcementIn } from './enforcement/enforcement-of-index.ts';
import { POLICY_KINDS, policyFactsOf } from './facts-of-index.ts';
import { buildPolicyModel, type PolicyModel } from './model.ts';

/** The kinds that a policy model is made of. */
export const POLICY_FACT_KINDS = [...POLICY_KINDS, ...WORKLOAD_KINDS] as const satisfies readonly KindName[];

/** The policies of the cluster made ready for questions, for the network plugin that is seen there. */
export function policyModelOf(index: ClusterIndex): PolicyModel {
  return index.memo('policy/model', () =>
    buildPolicyModel({ ...policyFactsOf(index), traits: traitsOf(enforcementIn(index).by) }),
  );
}
