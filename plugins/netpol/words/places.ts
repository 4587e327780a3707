import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { partsOfField } from '../../../shared/model/field-parts.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';

/** Where policies and their rules stand in files: `web.yaml:12`; undefined for objects read from a cluster. */
export interface Places {
  policy(policy: Ref): string | undefined;
  /** The line of the rule itself where it is known, else that of its policy. */
  rule(policy: Ref, direction: Direction, index: number): string | undefined;
  /** The line of a field (`spec.podSelector`, or as a JSON pointer) or of its rule where it is known, else of its policy. */
  field(policy: Ref, field: string): string | undefined;
}

/** For objects that stand in no file. */
export const NO_PLACES: Places = { policy: () => undefined, rule: () => undefined, field: () => undefined };

/** The keys in a snapshot of the kinds whose references are called otherwise. */
const KEYS: Readonly<Record<string, KindName>> = {
  'NetworkPolicy.projectcalico.org': 'CalicoNetworkPolicy',
  GlobalNetworkPolicy: 'CalicoGlobalNetworkPolicy',
};

/** The places that an index knows. */
export function placesOf(index: ClusterIndex): Places {
  const place = ({ kind, namespace, name }: Ref, part?: string): string | undefined => {
    const metadata = namespace === undefined ? { name } : { namespace, name };
    return index.origin({ metadata }, KEYS[kind] ?? (kind as KindName), part);
  };
  const field: Places['field'] = (ref, text) => {
    for (const part of partsOfField(text)) {
      const found = place(ref, part);
      if (found !== undefined) return found;
    }
    return place(ref);
  };
  return {
    policy: (ref) => place(ref),
    rule: (ref, direction, at) => field(ref, `spec.${direction}[${at}]`),
    field,
  };
}
