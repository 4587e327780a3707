import { message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';

/** Routes of the Gateway API in front of a Service. */
export const gatewayRouteMessages = {
  SVC728: message<{ route: string; wrong: string; fixes: readonly Fix[] }>({
    slug: 'gateway-route-backend',
    severity: 'critical',
    rung: 80,
    title: 'a route of a Gateway does not reach the Service',
    summary: ({ route, wrong }) => `${route} ${wrong}`,
    explain:
      'A route names a Service, of its own namespace unless it says otherwise, and a port of that Service, not of the pods. ' +
      'A Service of another namespace needs a ReferenceGrant there. What cannot be resolved is answered with 500 ' +
      '(condition ResolvedRefs), and a route that no Gateway accepts is served nowhere (condition Accepted).',
    fixes: ({ fixes }) => fixes,
  }),
};
