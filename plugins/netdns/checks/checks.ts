import type { Check } from '../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../dns-subject.ts';
import { corefileChecks } from './corefile/checks.ts';
import { logChecks } from './logs/checks.ts';
import { metricsChecks } from './metrics/checks.ts';
import { nodeCacheChecks } from './node-cache/checks.ts';
import { nodesChecks } from './nodes/checks.ts';
import { podsChecks } from './pods/checks.ts';
import { policyChecks } from './policy/checks.ts';
import { serversChecks } from './servers/checks.ts';
import { upstreamsChecks } from './upstreams/checks.ts';

/** Every check of cluster DNS, in reading order. */
export const checks: readonly Check<DnsSubject>[] = [
  ...serversChecks,
  ...corefileChecks,
  ...upstreamsChecks,
  ...logChecks,
  ...metricsChecks,
  ...nodeCacheChecks,
  ...policyChecks,
  ...podsChecks,
  ...nodesChecks,
];
