import type { Labels } from '../../../../shared/model/objects.ts';

const ROLE = /role|leader|master|primary|active|state/i;
const LEADS = /^(leader|master|primary|active|rw)$/i;

/** Whether a selector asks for the pod that leads, by a label that programs which elect a leader give at run time. */
export function asksForLeader(selector: Labels): boolean {
  return Object.entries(selector).some(([key, value]) => marksLeader(key, value));
}

/** Whether a label marks the pod that leads: `role=master`, `leader=true`. */
export function marksLeader(key: string, value: string): boolean {
  return ROLE.test(key) && (LEADS.test(value) || (value === 'true' && !/state/i.test(key)));
}
