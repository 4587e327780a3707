import { isApplied } from '../../shared/model/applied.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import { deploymentByHash } from '../../shared/model/owners.ts';
import type { Ref } from '../../shared/model/refs.ts';
import { type Enforcement, traitsOf } from '../../shared/policy/enforcement/enforcement.ts';
import { enforcementIn as seenEnforcement } from '../../shared/policy/enforcement/enforcement-of-index.ts';
import { PLUGINS } from '../../shared/policy/enforcement/plugins.ts';
import { policyFactsOf } from '../../shared/policy/facts-of-index.ts';
import { buildPolicyModel, type PolicyFacts, type PolicyModel } from '../../shared/policy/model.ts';
import type { OwnNetwork } from '../../shared/policy/rules/own-network.ts';
import { workloadOfPod } from '../../shared/policy/rules/stand-ins.ts';
import type { Unseen } from '../../shared/policy/rules/unjudged.ts';
import { ownNetworksIn } from './own-networks.ts';

/** Policies that live in a namespace. */
export const NAMESPACED_POLICY_KINDS = ['NetworkPolicy', 'CalicoNetworkPolicy', 'CiliumNetworkPolicy'] as const;

export type NamespacedPolicyKind = (typeof NAMESPACED_POLICY_KINDS)[number];

/** Policies of the whole cluster. */
export const CLUSTER_POLICY_KINDS = [
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CalicoGlobalNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
] as const;

/** What `--cni` takes: the plugins that are known, by their names in small letters with dashes. */
export const CNI_NAMES: readonly string[] = [...PLUGINS.map(({ name }) => cniName(name)), 'none'].sort();

/** `OVN-Kubernetes` as `ovn-kubernetes`, `AWS VPC CNI` as `aws-vpc-cni`. */
function cniName(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}

/** Whether anything enforces policy: as `--cni` says, else as the objects that were seen tell. */
export function enforcementIn(index: ClusterIndex, cni?: string): Enforcement {
  if (cni === 'none') return { enforced: 'no', by: undefined, plugins: [] };
  const said = PLUGINS.find(({ name }) => cniName(name) === cni);
  if (said !== undefined) {
    // Whoever names a plugin that can be switched on or off asks about the one that acts.
    const enforced = said.enforces === 'no' ? 'no' : 'yes';
    return { enforced, by: said.name, plugins: [] };
  }
  return seenEnforcement(index);
}

/**
 * The policies of the facts made ready for questions. Workloads that have no pods, because they were only written or
 * because pods were not collected, are stood for by their templates. `live`: ReplicaSets were left unread because there
 * are very many, and the Deployment of a pod is read off its name.
 */
export function policyModelIn(index: ClusterIndex, cni?: string, live = false): PolicyModel {
  return index.memo(`netpol/policy-model/${cni ?? ''}/${live}`, () => {
    const facts = policyFactsIn(index);
    const traits = traitsOf(enforcementIn(index, cni).by);
    const workloadOf = (pod: Pod): Ref => {
      const owner = facts.workloadOf?.(pod) ?? workloadOfPod(pod);
      return deploymentByHash(pod, owner) ?? owner;
    };
    const ownNetworks = ownNetworksUnder(index, cni);
    return buildPolicyModel({ ...facts, traits, ownNetworks, ...(live ? { workloadOf } : {}) });
  });
}

/** Networks of namespaces' own, which OVN-Kubernetes alone gives them. */
export function ownNetworksUnder(index: ClusterIndex, cni?: string): readonly OwnNetwork[] {
  const { by } = enforcementIn(index, cni);
  return by === undefined || by === 'OVN-Kubernetes' ? ownNetworksIn(index) : [];
}

/**
 * What the model is made of, for a caller that changes some of it first. Policies in files
 * that cannot be parsed, or that an API server would not take in, leave the pods that they may concern undecided.
 */
export function policyFactsIn(index: ClusterIndex): PolicyFacts {
  return index.memo('netpol/policy-facts', () => {
    const facts = policyFactsOf(index, { templates: true });
    const withPods = new Set(facts.pods.map(({ metadata }) => metadata?.namespace ?? ''));
    // A workload of a living cluster that has no pod now (scaled to nothing, a CronJob between two runs) sends nothing.
    const workloads = (facts.workloads ?? []).filter(
      ({ object }) => !isApplied(object) || !withPods.has(object.metadata?.namespace ?? ''),
    );
    return {
      ...facts,
      workloads,
      unseen: [...(facts.unseen ?? []).filter(({ namespace }) => !isLeftOut(index, namespace)), ...lostIn(index)],
    };
  });
}

/** Policies that were lost with a text that cannot be parsed or does not decode. */
function lostIn(index: ClusterIndex): readonly Unseen[] {
  return index.problems.flatMap(({ path, line, message, policyOf, lost }) =>
    policyOf === undefined
      ? []
      : [
          {
            kind: lost?.kind ?? 'NetworkPolicy',
            namespace: policyOf,
            reason: `${path}${line === undefined ? '' : `:${line}`}: ${message}`,
            ...(lost === undefined ? {} : { part: lost }),
          },
        ],
  );
}

/** Files without policies about a namespace: nobody refused them, they just are not there. */
function isLeftOut(index: ClusterIndex, namespace: string): boolean {
  return index.seen('NetworkPolicy', namespace).status === 'notCollected';
}

/**
 * Namespaces of living pods about which the files hold no NetworkPolicy, which is taken for there being none. Whoever
 * gives files gives a world; that it may be smaller than the cluster's has to be said.
 */
export function takenAsOpen(index: ClusterIndex): readonly string[] {
  return index.memo('netpol/taken-as-open', () =>
    (policyFactsOf(index).unseen ?? [])
      .map(({ namespace }) => namespace)
      .filter((namespace) => isLeftOut(index, namespace)),
  );
}

/** Whether nothing here was ever in a cluster. */
export function isPaper(index: ClusterIndex): boolean {
  return index.list('Node').length === 0 && !index.list('Pod').some(isApplied);
}
