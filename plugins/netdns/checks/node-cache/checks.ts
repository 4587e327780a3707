import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { nodeCacheAbsent } from './node-cache-absent.ts';
import { nodeCacheConfig } from './node-cache-config.ts';
import { nodeCacheDown } from './node-cache-down.ts';
import { nodeCacheLogs } from './node-cache-logs.ts';
import { nodeCacheSetup } from './node-cache-setup.ts';

/** In reading order. */
export const nodeCacheChecks: readonly Check<DnsSubject>[] = [
  nodeCacheConfig,
  nodeCacheDown,
  nodeCacheAbsent,
  nodeCacheSetup,
  nodeCacheLogs,
];
