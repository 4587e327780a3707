import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { Direction } from '../../../shared/policy/rules.ts';

/** Where policies and their rules stand in files: `web.yaml:12`; undefined for objects read from a cluster. */
export interface Places {
  policy(policy: Ref): string | undefined;
  /** The line of the rule itself where it is known, else that of its policy. */
  rule(policy: Ref, direction: Direction, index: number): string | undefined;
}

/** For objects that stand in no file. */
export const NO_PLACES: Places = { policy: () => undefined, rule: () => undefined };

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
  return { policy: (ref) => place(ref), rule: (ref, direction, at) => place(ref, `${direction}/${at}`) ?? place(ref) };
}
