import type { Check } from '../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../cluster-subject.ts';
import { addressChecks } from './addresses/checks.ts';
import { calicoChecks } from './calico/checks.ts';
import { nodeChecks } from './nodes/checks.ts';
import { pluginChecks } from './others/checks.ts';
import { presenceChecks } from './presence/checks.ts';
import { recordedDumpChecks } from './rules/recorded-dumps.ts';

/** Every judgement of `kubectl netcni`, in reading order. */
export const checks: readonly Check<ClusterSubject>[] = [
  ...nodeChecks,
  ...presenceChecks,
  ...addressChecks,
  ...calicoChecks,
  ...pluginChecks,
  ...recordedDumpChecks,
];
