import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import { traitsOf } from '../../shared/policy/enforcement.ts';
import { enforcementIn } from '../../shared/policy/enforcement-of-index.ts';
import { POLICY_KINDS, policyFactsOf } from '../../shared/policy/facts-of-index.ts';
import { buildPolicyModel, type PolicyModel } from '../../shared/policy/model.ts';

/** The kinds that the two functions below read. */
export const POLICY_FACT_KINDS = [
  ...POLICY_KINDS,
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const satisfies readonly KindName[];

/** The policies of the cluster made ready for questions. */
export function policyModelIn(index: ClusterIndex): PolicyModel {
  return index.memo('netsvc/policy-model', () =>
    buildPolicyModel({ ...policyFactsOf(index), traits: traitsOf(enforcementIn(index).by) }),
  );
}

/**
 * The same without host-networked pods as callers: what a plugin makes of them differs, and they stand for their node,
 * whose own traffic policies never stop. They would leave every "nobody is let in" undecided.
 */
export function podCallersModelIn(index: ClusterIndex): PolicyModel {
  return index.memo('netsvc/policy-model/pod-callers', () => {
    const facts = policyFactsOf(index);
    const pods = facts.pods.filter((pod) => pod.spec?.hostNetwork !== true);
    return buildPolicyModel({ ...facts, pods, traits: traitsOf(enforcementIn(index).by) });
  });
}
