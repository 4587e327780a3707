import type { ServiceCheck } from '../service-subject.ts';
import { clusterChecks } from './cluster/checks.ts';
import { endpointsChecks } from './endpoints/checks.ts';
import { exposureChecks } from './exposure/checks.ts';
import { ingressChecks } from './ingress/checks.ts';
import { namesChecks } from './names/checks.ts';
import { podsChecks } from './pods/checks.ts';
import { policyChecks } from './policy/checks.ts';
import { portsChecks } from './ports/checks.ts';
import { pressureChecks } from './pressure/checks.ts';
import { readinessChecks } from './readiness/checks.ts';
import { selectorChecks } from './selector/checks.ts';

/** Every check, in reading order: the order of the printed ladder. */
export const checks: readonly ServiceCheck[] = [
  ...selectorChecks,
  ...podsChecks,
  ...readinessChecks,
  ...portsChecks,
  ...endpointsChecks,
  ...exposureChecks,
  ...policyChecks,
  ...ingressChecks,
  ...clusterChecks,
  ...namesChecks,
  ...pressureChecks,
];
