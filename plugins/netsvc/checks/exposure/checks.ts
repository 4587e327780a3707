import type { ServiceCheck } from '../../service-subject.ts';
import { addressFamilies, sliceFamilies } from './address-families.ts';
import { externalIps } from './external-ips.ts';
import { externalNameForm, externalNameTarget } from './external-name.ts';
import { externalNameEndpoints, externalNameNotes } from './external-name-endpoints.ts';
import { externalTrafficLocal } from './external-traffic-local.ts';
import { headlessPorts } from './headless-ports.ts';
import { healthCheckPort } from './health-check-port.ts';
import { internalTrafficLocal } from './internal-traffic-local.ts';
import { loadBalancerRefused, loadBalancerUnanswered } from './load-balancer-pending.ts';
import { loadBalancerAddress, sourceRanges, withoutNodePorts } from './load-balancer-settings.ts';
import { nodePortTaken, nodePortUnallocated } from './node-ports.ts';
import { serviceProxyName } from './service-proxy-name.ts';
import { sessionAffinity } from './session-affinity.ts';
import { statefulSetService } from './stateful-set-service.ts';
import { topologyHints } from './topology.ts';

/** In reading order. */
export const exposureChecks: readonly ServiceCheck[] = [
  addressFamilies,
  sliceFamilies,
  externalNameForm,
  externalNameTarget,
  externalNameEndpoints,
  externalNameNotes,
  headlessPorts,
  statefulSetService,
  serviceProxyName,
  sessionAffinity,
  internalTrafficLocal,
  externalTrafficLocal,
  topologyHints,
  nodePortUnallocated,
  nodePortTaken,
  loadBalancerRefused,
  loadBalancerUnanswered,
  loadBalancerAddress,
  sourceRanges,
  withoutNodePorts,
  healthCheckPort,
  externalIps,
];
