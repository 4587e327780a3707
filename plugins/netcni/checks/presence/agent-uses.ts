import type { KindName } from '../../../../shared/model/kinds.ts';

/** What finding the network plugin and its agents reads; nothing of it is needed. */
export const AGENT_USES = [
  'DaemonSet',
  'Pod',
  'Node',
  'ConfigMap',
  'ServiceCIDR',
  'IPPool',
  'IPAMBlock',
  'FelixConfiguration',
  'ClusterInformation',
  'Installation',
  'CiliumPodIPPool',
  'OpenShiftNetwork',
  'KubeOvnSubnet',
] as const satisfies readonly KindName[];
