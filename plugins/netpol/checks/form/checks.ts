import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { adminPolicyIsNotValid } from './admin-policy-form.ts';
import { ipBlockForm, policyIsNotValid, portIsNotValid } from './network-policy-form.ts';

/** In reading order. */
export const formChecks: readonly PolicyCheck[] = [
  policyIsNotValid,
  portIsNotValid,
  ipBlockForm,
  adminPolicyIsNotValid,
];
