import type { KindName } from '../../model/kinds.ts';
import type { KubeObject, LabelSelector } from '../../model/objects.ts';
import type { LostPolicy } from '../../model/snapshot.ts';
import { shapeFault } from './policy-shape.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is known of a policy that does not decode: the pods that it is about and the directions that it has a say in, where
 * those parts are sound. What is not is left wide.
 */
export function lostPolicy(kind: KindName, object: KubeObject): LostPolicy {
  const { spec } = object as { readonly spec?: unknown };
  const fields = (typeof spec === 'object' && spec !== null ? spec : {}) as Fields;
  const sound = (field: string): boolean =>
    shapeFault(kind, { metadata: { name: 'any' }, spec: { [field]: fields[field] } } as KubeObject) === undefined;
  const { name = '' } = object.metadata ?? {};
  if (kind !== 'NetworkPolicy') {
    const subject = (sound('subject') ? fields.subject : undefined) as AdminSubject | undefined;
    return {
      kind,
      name,
      namespaceSelector: subject?.namespaces ?? subject?.pods?.namespaceSelector ?? {},
      podSelector: subject?.pods?.podSelector ?? {},
      ingress: hasRules(fields.ingress),
      egress: hasRules(fields.egress),
    };
  }
  const types = sound('policyTypes') ? ((fields.policyTypes ?? []) as readonly string[]) : ['Ingress', 'Egress'];
  return {
    kind,
    name,
    podSelector: (sound('podSelector') ? (fields.podSelector ?? {}) : {}) as LabelSelector,
    // NetworkPolicySpec.policyTypes: without it ingress always, and egress where there is a section for it.
    ingress: types.length === 0 || types.includes('Ingress'),
    egress: types.length === 0 ? hasRules(fields.egress) : types.includes('Egress'),
  };
}

interface AdminSubject {
  readonly namespaces?: LabelSelector;
  readonly pods?: { readonly namespaceSelector?: LabelSelector; readonly podSelector?: LabelSelector };
}

/** Whether there are rules, or something that may have been meant for some. */
function hasRules(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}
