import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { dnsEgress } from './dns-egress.ts';

/** In reading order. */
export const dnsChecks: readonly PolicyCheck[] = [dnsEgress];
