import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { connectionTable } from './connection-table.ts';
import { lookupTimeouts } from './lookup-timeouts.ts';

/** In reading order. */
export const nodesChecks: readonly Check<DnsSubject>[] = [connectionTable, lookupTimeouts];
