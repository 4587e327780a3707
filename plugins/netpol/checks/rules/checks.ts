import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { acrossNetworks } from './across-networks.ts';
import { deniedBefore } from './denied-before.ts';
import { policyTypes } from './policy-types.ts';
import { ruleIsNeverReached, samePriority } from './priority.ts';
import { denyIsUndone, policySaysTheSame, ruleAddsNothing } from './redundant.ts';

/** In reading order. */
export const ruleChecks: readonly PolicyCheck[] = [
  policyTypes,
  samePriority,
  ruleIsNeverReached,
  deniedBefore,
  acrossNetworks,
  denyIsUndone,
  ruleAddsNothing,
  policySaysTheSame,
];
