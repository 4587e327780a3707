import type { TargetKind } from '../../../shared/cli/parse-target.ts';

/** What can be followed to Services. */
export const TARGET_KINDS: readonly TargetKind[] = [
  'Service',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Ingress',
];
