import type { OwnNetwork } from '../../../shared/policy/rules/own-network.ts';
import type { NotChecked } from '../../../shared/report/report.ts';
import { joinNames } from '../../../shared/util/text.ts';

/** What is not known of networks that namespaces have of their own: who else is on them. */
export function networkGaps(networks: readonly OwnNetwork[]): readonly NotChecked[] {
  const unsure = networks.filter(({ perhaps }) => perhaps.length > 0).map(({ namespace }) => namespace);
  if (unsure.length === 0) return [];
  return [
    {
      check: 'networks',
      reason: `which of the namespaces ${joinNames(unsure, 4)} share or connect their networks (user-defined networks)`,
    },
  ];
}
