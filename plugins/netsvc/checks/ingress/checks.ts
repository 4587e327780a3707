import type { ServiceCheck } from '../../service-subject.ts';
import { gatewayRoute } from './gateway-route.ts';
import { ingressBackend } from './ingress-backend.ts';
import { ingressBackendProtocol } from './ingress-backend-protocol.ts';
import { ingressCertificate } from './ingress-certificate.ts';
import { ingressClass } from './ingress-class.ts';
import { ingressControllerDown } from './ingress-controller-down.ts';
import { ingressNearMiss } from './ingress-near-miss.ts';
import { ingressPaths } from './ingress-paths.ts';
import { ingressRefused } from './ingress-refused.ts';

/** In reading order. */
export const ingressChecks: readonly ServiceCheck[] = [
  ingressBackend,
  ingressNearMiss,
  ingressClass,
  ingressControllerDown,
  ingressRefused,
  ingressPaths,
  ingressCertificate,
  ingressBackendProtocol,
  gatewayRoute,
];
