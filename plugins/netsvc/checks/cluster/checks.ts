import type { ServiceCheck } from '../../service-subject.ts';

/** In reading order. */
export const clusterChecks: readonly ServiceCheck[] = [];
