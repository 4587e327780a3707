import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { judgeGatewayRoutes } from './gateway-routes.ts';
import { ROUTE_KINDS } from './route-kinds.ts';

/** Routes of Gateways in front: the Service, its port and the right to name it, and whether some Gateway serves them. */
export const gatewayRoute = defineCheck<ServiceSubject>({
  id: 'netsvc/gateway-route',
  group: 'ingress',
  needs: [],
  uses: [...ROUTE_KINDS, 'Gateway', 'ReferenceGrant', 'Service'],
  applies: (_, { index }) => ROUTE_KINDS.some((kind) => index.list(kind).length > 0),
  run: (subject, { index }) => judgeGatewayRoutes(index, subject),
});
