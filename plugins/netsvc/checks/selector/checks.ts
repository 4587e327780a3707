import type { ServiceCheck } from '../../service-subject.ts';
import { selectorMatchesNoPod } from './selector-matches-no-pod.ts';

/** In reading order. */
export const selectorChecks: readonly ServiceCheck[] = [selectorMatchesNoPod];
