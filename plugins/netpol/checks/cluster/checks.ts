import type { ClusterCheck } from '../../lint/cluster-subject.ts';
import { featureMissingInPlugin, policiesAreNotEnforced } from './enforcement.ts';
import { wordWithoutQuotes } from './misread-words.ts';
import { nothingCovers, policiesNotJudged } from './uncovered.ts';

/** In reading order. */
export const clusterChecks: readonly ClusterCheck[] = [
  policiesAreNotEnforced,
  featureMissingInPlugin,
  wordWithoutQuotes,
  policiesNotJudged,
  nothingCovers,
];
