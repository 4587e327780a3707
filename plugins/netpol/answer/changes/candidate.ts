import type { Fix } from '../../../../shared/messages/finding.ts';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Ref } from '../../../../shared/model/refs.ts';
import { namespaceOrDefault } from '../../../../shared/model/refs.ts';
import type { PolicyFacts } from '../../../../shared/policy/model.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';

/** A change that may turn an answer round, with the facts as they would be. */
export interface Candidate {
  readonly fix: Fix;
  readonly facts: PolicyFacts;
  /** Pods that have other labels then. */
  readonly replaced: ReadonlyMap<Pod, Pod>;
  /** Of equally small changes the lower comes first. */
  readonly order: number;
  readonly side: Direction;
}

/** No pod has other labels. */
export const NONE: ReadonlyMap<Pod, Pod> = new Map();

/** The facts with one policy in the place of another. */
export function withPolicy(facts: PolicyFacts, old: NetworkPolicy, fresh: NetworkPolicy): PolicyFacts {
  return { ...facts, networkPolicies: (facts.networkPolicies ?? []).map((one) => (one === old ? fresh : one)) };
}

/** Whether an object is the one that a reference names. */
export function isNamed({ metadata }: KubeObject, { namespace, name }: Ref): boolean {
  return metadata?.name === name && (namespace === undefined || namespaceOrDefault({ metadata }) === namespace);
}
