import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serverLogs } from './server-logs.ts';

/** In reading order. */
export const logChecks: readonly Check<DnsSubject>[] = [serverLogs];
