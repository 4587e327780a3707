import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { blockHoldsClusterAddresses } from './block-ranges.ts';

/** In reading order. */
export const addressChecks: readonly PolicyCheck[] = [blockHoldsClusterAddresses];
