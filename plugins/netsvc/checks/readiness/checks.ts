import type { ServiceCheck } from '../../service-subject.ts';
import { minReadySeconds } from './min-ready-seconds.ts';
import { podsNotReady } from './pods-not-ready.ts';
import { podsStarting } from './pods-starting.ts';
import { probeKills } from './probe-kills.ts';
import { readinessGates } from './readiness-gates.ts';

/** In reading order. */
export const readinessChecks: readonly ServiceCheck[] = [
  probeKills,
  podsNotReady,
  readinessGates,
  podsStarting,
  minReadySeconds,
];
