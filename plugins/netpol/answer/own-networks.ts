import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { type Party, podsOfParty } from '../targets/party.ts';

/**
 * A namespace is made with this label when its pods are to be on a user-defined network instead of that of the cluster
 * (OVN-Kubernetes, "User-Defined Networks": such networks are isolated from each other and from the default one).
 */
const LABEL = 'k8s.ovn.org/primary-user-defined-network';

/** Namespaces whose pods are on a network of their own. */
function ownNetworks(index: ClusterIndex): ReadonlySet<string> {
  return index.memo(
    'netpol/own-networks',
    () =>
      new Set(index.list('Namespace').flatMap((one) => (LABEL in (one.metadata?.labels ?? {}) ? [nameOf(one)] : []))),
  );
}

/** What cannot be judged where pods are on networks of their own: policies say nothing about those. */
export function networkGaps(index: ClusterIndex): readonly NotChecked[] {
  const own = [...ownNetworks(index)];
  if (own.length === 0) return [];
  const has = own.length === 1 ? 'is on a network of its own' : 'are on networks of their own';
  return [
    {
      check: 'networks',
      reason: `namespace ${joinNames(own, 4)} ${has} (user-defined network): pods elsewhere do not reach it, whatever policies say`,
    },
  ];
}

/** Why policies do not decide about two parties; undefined when nothing is known to keep their networks apart. */
export function apartWords(index: ClusterIndex, from: Party, to: Party): string | undefined {
  const own = ownNetworks(index);
  if (own.size === 0) return undefined;
  for (const a of podsOfParty(from)) {
    for (const b of podsOfParty(to)) {
      const [one, other] = [a, b].map(({ metadata }) => metadata?.namespace || 'default');
      const apart = [one, other].find((name) => name !== undefined && own.has(name));
      if (one !== other && apart !== undefined) {
        return `namespace ${apart} is on a network of its own (user-defined network), which keeps others out whatever policies say`;
      }
    }
  }
  return undefined;
}
