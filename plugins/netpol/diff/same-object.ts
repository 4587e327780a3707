import type { KubeObject } from '../../../shared/model/objects.ts';

/**
 * Whether two objects say the same, the order of their fields aside. What a server adds to a policy is no difference:
 * `policyTypes` where there is none (NetworkPolicySpec: "Ingress will be assumed; … Egress if it has any egress rules")
 * and the protocol of a port (NetworkPolicyPort: "if not specified, this field defaults to TCP").
 */
export function isSameObject(old: KubeObject, next: KubeObject): boolean {
  const [a, b] = [old, next].map((object) => {
    const { spec } = object as { readonly spec?: unknown };
    return canonical([object.metadata?.labels ?? {}, isPolicy(spec) ? withTypes(spec) : (spec ?? null)]);
  });
  return a === b;
}

interface PolicyLike {
  readonly podSelector: unknown;
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly unknown[];
}

function isPolicy(spec: unknown): spec is PolicyLike {
  return typeof spec === 'object' && spec !== null && 'podSelector' in spec;
}

function withTypes(spec: PolicyLike): PolicyLike {
  const policyTypes = spec.policyTypes ?? ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])];
  return { ...spec, policyTypes: [...policyTypes].sort() };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'protocol' && inner === 'TCP') return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
