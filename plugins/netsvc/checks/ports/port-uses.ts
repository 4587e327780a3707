import type { KindName } from '../../../../shared/model/kinds.ts';

/** What every judgement of ports reads beside pods: owners to name and patch, ConfigMaps that set ports, slices. */
export const PORT_USES: readonly KindName[] = [
  'EndpointSlice',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'ConfigMap',
];
