import type { Check } from '../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../lint/cluster-subject.ts';
import type { PolicyCheck, PolicySubject } from '../lint/policy-subject.ts';
import { addressChecks } from './addresses/checks.ts';
import { clusterChecks } from './cluster/checks.ts';
import { dnsChecks } from './dns/checks.ts';
import { formChecks } from './form/checks.ts';
import { portChecks } from './ports/checks.ts';
import { ruleChecks } from './rules/checks.ts';
import { farSelectorChecks, ownSelectorChecks } from './selectors/checks.ts';

/** Checks of one policy, in reading order, that need to see its own namespace. */
export const ownChecks: readonly PolicyCheck[] = [
  ...formChecks,
  ...ownSelectorChecks,
  ...portChecks,
  ...dnsChecks,
  ...ruleChecks,
  ...addressChecks,
];

/** Checks of one policy that need to see all namespaces. */
export const farChecks: readonly PolicyCheck[] = farSelectorChecks;

/** Every check of the plugin. */
export const checks: readonly (Check<PolicySubject> | Check<ClusterSubject>)[] = [
  ...clusterChecks,
  ...ownChecks,
  ...farChecks,
];
