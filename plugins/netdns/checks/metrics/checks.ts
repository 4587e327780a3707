import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { serverLoad } from './server-load.ts';
import { serverMetrics } from './server-metrics.ts';

/** In reading order. */
export const metricsChecks: readonly Check<DnsSubject>[] = [serverMetrics, serverLoad];
