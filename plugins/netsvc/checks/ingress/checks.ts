import type { ServiceCheck } from '../../service-subject.ts';
import { ingressBackend } from './ingress-backend.ts';
import { ingressCertificate } from './ingress-certificate.ts';
import { ingressClass } from './ingress-class.ts';
import { ingressNearMiss } from './ingress-near-miss.ts';
import { ingressPaths } from './ingress-paths.ts';

/** In reading order. */
export const ingressChecks: readonly ServiceCheck[] = [
  ingressBackend,
  ingressNearMiss,
  ingressClass,
  ingressPaths,
  ingressCertificate,
];
