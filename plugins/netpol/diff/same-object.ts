import { isApplied } from '../../../shared/model/applied.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';

/**
 * Whether two objects say the same, the order of their fields aside. What a server adds to a policy is no difference:
 * `policyTypes` where there is none (NetworkPolicySpec: "Ingress will be assumed; … Egress if it has any egress rules")
 * and the protocol of a port (NetworkPolicyPort: "if not specified, this field defaults to TCP"). Of other kinds the
 * fields that both sides have are compared where a server holds the one.
 */
export function isSameObject(old: KubeObject, next: KubeObject): boolean {
  const [was, is] = [old, next].map((object) => (object as { readonly spec?: unknown }).spec);
  if (isApplied(old) && !isApplied(next) && !isPolicy(was) && !isPolicy(is)) return agree(was ?? {}, is ?? {});
  const [a, b] = [old, next].map((object) => {
    const { spec } = object as { readonly spec?: unknown };
    return canonical([object.metadata?.labels ?? {}, isPolicy(spec) ? withTypes(spec) : (spec ?? null)]);
  });
  return a === b;
}

/** Maps that say who is meant: one entry more is another meaning. */
const WHO: ReadonlySet<string> = new Set(['labels', 'selector', 'matchLabels']);

/**
 * Whether what a server holds agrees with what is to be applied. A server fills in what a file leaves out, and of what it
 * holds only a part is read, so that fields which stand on one side alone are no difference.
 */
function agree(held: unknown, written: unknown): boolean {
  if (Array.isArray(held) && Array.isArray(written)) {
    return held.length === written.length && held.every((item, at) => agree(item, written[at]));
  }
  if (!isRecord(held) || !isRecord(written)) return String(held) === String(written);
  return [...new Set([...Object.keys(held), ...Object.keys(written)])].every((key) => {
    const [a, b] = [held[key] ?? undefined, written[key] ?? undefined];
    if (WHO.has(key)) return canonical(a ?? {}) === canonical(b ?? {});
    return a === undefined || b === undefined || agree(a, b);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
