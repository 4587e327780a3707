import type { KindName } from '../../../../shared/model/kinds.ts';

/** What judgements of selectors read beside pods: everything that makes pods, and the other Services. */
export const SELECTOR_USES: readonly KindName[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Service',
  'Event',
];
