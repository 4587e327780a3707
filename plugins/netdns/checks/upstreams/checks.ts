import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { udpArrives } from './udp-arrives.ts';
import { upstreamsAnswer } from './upstreams-answer.ts';

/** In reading order. */
export const upstreamsChecks: readonly Check<DnsSubject>[] = [upstreamsAnswer, udpArrives];
