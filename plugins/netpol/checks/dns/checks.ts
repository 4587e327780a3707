import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { cutOff } from './cut-off.ts';
import { dnsEgress } from './dns-egress.ts';

/** In reading order. */
export const dnsChecks: readonly PolicyCheck[] = [dnsEgress, cutOff];
