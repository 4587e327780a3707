import type { Confidence, Evidence, Severity } from '../messages/finding.ts';
import type { ClusterIndex } from '../model/cluster-index.ts';
import { enforcementIn } from '../policy/enforcement/enforcement-of-index.ts';

/** How much a denial weighs in this cluster, and how that is told. */
export interface Weight {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly words: string;
  readonly evidence: readonly Evidence[];
}

/**
 * A denial counts in full where a plugin enforces policies. Where none does, packets pass all the same: the policy is
 * still wrong and bites on the day enforcement comes, so it is told as a warning that is only possibly the cause.
 */
export function weightIn(index: ClusterIndex): Weight {
  const { enforced, by, plugins } = enforcementIn(index);
  const evidence = plugins.flatMap((plugin) =>
    plugin.evidence.slice(0, 1).map(({ fact, source }) => ({ fact: `network plugin ${plugin.name}: ${fact}`, source })),
  );
  if (enforced === 'yes') return { severity: 'critical', confidence: 'proven', words: '', evidence };
  if (enforced === 'no') {
    const words = `; but nothing enforces policies here${by === undefined ? '' : ` (${by})`}, so packets still pass`;
    return { severity: 'warning', confidence: 'possible', words, evidence };
  }
  return {
    severity: 'critical',
    confidence: 'likely',
    words: '',
    evidence: [{ fact: 'which plugin enforces policies here was not seen', source: 'DaemonSets of all namespaces' }],
  };
}
