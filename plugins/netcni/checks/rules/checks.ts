import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import type { Check } from '../../../../shared/diagnose/check.ts';
import { awsRoutingRules } from './aws-routing-rules.ts';
import { bridgedPackets } from './bridged-packets.ts';
import { connections } from './connections.ts';
import { forwardRules } from './forward-rules.ts';
import { forwarding } from './forwarding.ts';
import { leavingPackets } from './leaving-packets.ts';
import { links } from './links.ts';
import { localPodRoutes } from './local-pod-routes.ts';
import { nearNeighbours } from './near-neighbours.ts';
import { packetsDropped } from './packets-dropped.ts';
import { podInterfaces } from './pod-interfaces.ts';
import { podRoutes } from './pod-routes.ts';
import { reversePath } from './reverse-path.ts';
import { routingRules } from './routing-rules.ts';
import { serviceHooks } from './service-hooks.ts';
import { serviceRoute } from './service-route.ts';
import { serviceRules } from './service-rules.ts';
import { serviceShares } from './service-shares.ts';
import { tunnelNeighbours } from './tunnel-neighbours.ts';
import { tunnelSettings } from './tunnel-settings.ts';
import { twoSystems } from './two-systems.ts';

/** What is judged of the dumps of one node, in reading order. */
export const rulesChecks: readonly Check<NodeDumps>[] = [
  serviceHooks,
  serviceRules,
  serviceShares,
  forwardRules,
  twoSystems,
  packetsDropped,
  leavingPackets,
  forwarding,
  bridgedPackets,
  reversePath,
  routingRules,
  awsRoutingRules,
  podRoutes,
  localPodRoutes,
  serviceRoute,
  links,
  podInterfaces,
  tunnelSettings,
  tunnelNeighbours,
  nearNeighbours,
  connections,
];
