import type { TargetKind } from '../../../shared/cli/target-kinds.ts';

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
