import type { Check } from '../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { namespaceOrDefault, type Ref, refKey } from '../../../shared/model/refs.ts';
import {
  compileAdminNetworkPolicy,
  compileBaselineAdminNetworkPolicy,
  compileClusterNetworkPolicy,
} from '../../../shared/policy/rules/compile-admin-policy.ts';
import { compileNetworkPolicy } from '../../../shared/policy/rules/compile-network-policy.ts';
import type { Policy } from '../../../shared/policy/rules/rules.ts';
import { lintModelIn } from './lint-facts.ts';

/** The kinds of policy that are linted. */
export const LINTED_KINDS = [
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
] as const;

export type LintedKind = (typeof LINTED_KINDS)[number];

/** What every check of a policy judges. */
export interface PolicySubject {
  readonly ref: Ref;
  readonly kind: LintedKind;
  readonly object: KubeObject;
  /** Undefined for the cluster-wide kinds. */
  readonly namespace: string | undefined;
  /** The policy in the form of the evaluator; undefined when it cannot be brought to it (an unknown tier). */
  readonly compiled: Policy | undefined;
}

export type PolicyCheck = Check<PolicySubject>;

/** The policies of a namespace, or of all with the cluster-wide ones, in their order. */
export function policySubjects(index: ClusterIndex, namespace: string | undefined): readonly PolicySubject[] {
  const kinds = namespace === undefined ? LINTED_KINDS : (['NetworkPolicy'] as const);
  return kinds.flatMap((kind) => index.list(kind, namespace).map((object) => subjectOf(index, kind, object)));
}

/** The subject of one policy; undefined for kinds that are not linted and for a policy that was not read. */
export function policySubject(index: ClusterIndex, ref: Ref): PolicySubject | undefined {
  const kind = LINTED_KINDS.find((candidate) => candidate === ref.kind);
  const object = kind === undefined ? undefined : index.get(kind, ref.namespace, ref.name);
  return kind === undefined || object === undefined ? undefined : subjectOf(index, kind, object);
}

/** A NetworkPolicy as it was written; undefined for the other kinds. */
export function writtenPolicy({ kind, object }: PolicySubject): NetworkPolicy | undefined {
  return kind === 'NetworkPolicy' ? (object as NetworkPolicy) : undefined;
}

function subjectOf(index: ClusterIndex, kind: LintedKind, object: KubeObject): PolicySubject {
  const namespace = kind === 'NetworkPolicy' ? namespaceOrDefault(object) : undefined;
  const name = object.metadata?.name ?? '';
  const ref: Ref = namespace === undefined ? { kind, name } : { kind, namespace, name };
  const model = lintModelIn(index);
  const byRef = model.memo(
    'lint/policies',
    () => new Map(model.policies.filter((one) => one.unjudged === undefined).map((one) => [refKey(one.ref), one])),
  );
  return { ref, kind, object, namespace, compiled: byRef.get(refKey(ref)) ?? compile(kind, object) };
}

function compile(kind: LintedKind, object: KubeObject): Policy | undefined {
  switch (kind) {
    case 'NetworkPolicy':
      return compileNetworkPolicy(object);
    case 'AdminNetworkPolicy':
      return compileAdminNetworkPolicy(object);
    case 'BaselineAdminNetworkPolicy':
      return compileBaselineAdminNetworkPolicy(object);
    case 'ClusterNetworkPolicy':
      return compileClusterNetworkPolicy(object);
  }
}
