import { isApplied } from '../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import type { Seen } from '../../../shared/model/snapshot.ts';
import { type Enforcement, traitsOf } from '../../../shared/policy/enforcement/enforcement.ts';
import { policyFactsOf } from '../../../shared/policy/facts-of-index.ts';
import { buildPolicyModel, type PolicyModel } from '../../../shared/policy/model.ts';
import { POLICY_FACT_KINDS } from '../../../shared/policy/model-of-index.ts';
import type { OwnNetwork } from '../../../shared/policy/rules/own-network.ts';
import { isFinished } from '../../../shared/policy/rules/units.ts';
import { enforcementIn, ownNetworksUnder } from '../policy-facts.ts';

/** Whether anything enforces network policy here: as `--cni` said, else as the objects tell. */
export function enforcementOf(index: ClusterIndex): Enforcement {
  return enforcementIn(index, cniOf(index));
}

/** The plugin that `--cni` named; `lintIndex` keeps it beside the facts, as it is one. */
function cniOf(index: ClusterIndex, given?: string): string | undefined {
  return index.memo('netpol/lint/cni', () => given);
}

/** Networks that namespaces have of their own. */
export function ownNetworksOf(index: ClusterIndex): readonly OwnNetwork[] {
  return ownNetworksUnder(index, cniOf(index));
}

/**
 * The policies with every pod that there is or will be: workloads that are scaled to zero, Jobs that have ended and
 * CronJobs between two runs are there with their template, so that a policy for them is not said to select nothing.
 */
export function lintModelIn(index: ClusterIndex): PolicyModel {
  return index.memo('netpol/lint/model', () => {
    const facts = policyFactsOf(index, { templates: true });
    const pods = facts.pods.filter((pod) => !isFinished(pod));
    return buildPolicyModel({ ...facts, pods, traits: traitsOf(enforcementOf(index).by) });
  });
}

/** True for manifests that no server ever stored: the files are then all there is. */
export function isWritten(index: ClusterIndex): boolean {
  return index.memo('netpol/lint/written', () =>
    [...POLICY_FACT_KINDS, 'Service' as const].every((kind) => !index.list(kind).some(isApplied)),
  );
}

/**
 * The index as a lint looks at it: in manifests that were never applied, workloads stand for pods, and what the files
 * do not hold does not exist. Files without any workload of a namespace say nothing about its pods.
 */
export function lintIndex(index: ClusterIndex, cni?: string): ClusterIndex {
  cniOf(index, cni);
  if (!isWritten(index)) return index;
  return {
    ...index,
    seen: (kind, namespace = '*', name) => {
      const given = index.seen(kind, namespace, name);
      if (given.status !== 'notCollected') return given;
      return isAll(index, kind, namespace) ? ALL_THERE_IS : given;
    },
  };
}

const ALL_THERE_IS: Seen = { status: 'ok', reason: 'the files are all there is', whole: true };

function isAll(index: ClusterIndex, kind: KindName, namespace: string): boolean {
  switch (kind) {
    case 'Pod':
    case 'Service':
      return hasWorkloads(index, namespace === '*' ? undefined : namespace);
    case 'Namespace':
      return index.list('Namespace').length > 0;
    case 'NetworkPolicy':
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return true;
    default:
      return false;
  }
}

function hasWorkloads(index: ClusterIndex, namespace: string | undefined): boolean {
  return ['Pod' as const, ...WORKLOAD_KINDS].some((kind) => index.list(kind, namespace).length > 0);
}

/** Whether all that makes pods in a namespace was read, so that no pod can come from where nobody looked. */
export function templatesSeen(index: ClusterIndex, namespace: string): boolean {
  if (isWritten(index)) return true;
  return TEMPLATE_KINDS.every((kind) => index.seen(kind, namespace).status === 'ok');
}

const TEMPLATE_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
