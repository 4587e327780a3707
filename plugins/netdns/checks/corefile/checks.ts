import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { corefileHabits } from './corefile-habits.ts';
import { corefileInForce } from './corefile-in-force.ts';
import { corefileInvalid } from './corefile-invalid.ts';
import { customUnread } from './custom-unread.ts';

/** In reading order. */
export const corefileChecks: readonly Check<DnsSubject>[] = [
  corefileInvalid,
  corefileHabits,
  corefileInForce,
  customUnread,
];
