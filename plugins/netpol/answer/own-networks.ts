import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { ownNetworksIn } from '../own-networks.ts';

/** What cannot be judged where pods are on networks of their own: policies say nothing about those. */
export function networkGaps(index: ClusterIndex): readonly NotChecked[] {
  const own = ownNetworksIn(index).map(({ namespace }) => namespace);
  if (own.length === 0) return [];
  const has = own.length === 1 ? 'is on a network of its own' : 'are on networks of their own';
  return [
    {
      check: 'networks',
      reason: `namespace ${joinNames(own, 4)} ${has} (user-defined network): pods elsewhere do not reach it, whatever policies say`,
    },
  ];
}
