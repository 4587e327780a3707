import type { ServiceCheck } from '../../service-subject.ts';
import { addressFamilies } from './address-families.ts';
import { externalIps } from './external-ips.ts';
import { externalNameEndpoints } from './external-name-endpoints.ts';
import { externalNameForm } from './external-name-form.ts';
import { externalNameNotes } from './external-name-notes.ts';
import { externalNameTarget } from './external-name-target.ts';
import { externalTrafficLocal } from './external-traffic-local.ts';
import { headlessPorts } from './headless-ports.ts';
import { healthCheckPort } from './health-check-port.ts';
import { internalTrafficLocal } from './internal-traffic-local.ts';
import { loadBalancerAddress } from './load-balancer-address.ts';
import { loadBalancerRefused } from './load-balancer-refused.ts';
import { loadBalancerUnanswered } from './load-balancer-unanswered.ts';
import { withoutNodePorts } from './load-balancer-without-node-ports.ts';
import { nodePortTaken } from './node-port-taken.ts';
import { nodePortUnallocated } from './node-port-unallocated.ts';
import { serviceProxyName } from './service-proxy-name.ts';
import { sessionAffinity } from './session-affinity.ts';
import { sliceFamilies } from './slice-families.ts';
import { sourceRanges } from './source-ranges.ts';
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
