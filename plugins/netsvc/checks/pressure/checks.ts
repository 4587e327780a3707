import type { ServiceCheck } from '../../service-subject.ts';
import { containerRestarts } from './container-restarts.ts';
import { cpuLimitTooSmall } from './cpu-limit-too-small.ts';
import { memoryNearLimit } from './memory-near-limit.ts';
import { mixedVersions } from './mixed-versions.ts';
import { nodeUnderPressure } from './node-under-pressure.ts';
import { outOfMemoryLately } from './out-of-memory-lately.ts';
import { podsWereEvicted } from './pods-were-evicted.ts';
import { readinessFlaps } from './readiness-flaps.ts';

/** In reading order. */
export const pressureChecks: readonly ServiceCheck[] = [
  nodeUnderPressure,
  memoryNearLimit,
  outOfMemoryLately,
  cpuLimitTooSmall,
  readinessFlaps,
  containerRestarts,
  podsWereEvicted,
  mixedVersions,
];
