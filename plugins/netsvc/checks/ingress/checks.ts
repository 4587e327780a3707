import type { ServiceCheck } from '../../service-subject.ts';
import { ingressBackend, ingressCertificate, ingressClass, ingressNearMiss, ingressPaths } from './ingress-checks.ts';

/** In reading order. */
export const ingressChecks: readonly ServiceCheck[] = [
  ingressBackend,
  ingressNearMiss,
  ingressClass,
  ingressPaths,
  ingressCertificate,
];
