import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { policyBlocksDns } from './policy-blocks-dns.ts';
import { apiCutOff, upstreamsCutOff } from './servers-cut-off.ts';

/** In reading order. */
export const policyChecks: readonly Check<DnsSubject>[] = [policyBlocksDns, apiCutOff, upstreamsCutOff];
