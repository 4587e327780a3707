import { defineMessages } from '../../../shared/messages/define-messages.ts';
import { gatewayRouteMessages } from './gateway-routes.ts';
import { ingressControllerMessages } from './ingress-controllers.ts';
import { ingressRouteMessages } from './ingress-routes.ts';
import { ingressTlsMessages } from './ingress-tls.ts';

/** SVC701 to SVC749: Ingress in front and its TLS. */
export const ingressMessages = defineMessages({
  ...ingressRouteMessages,
  ...ingressControllerMessages,
  ...ingressTlsMessages,
  ...gatewayRouteMessages,
});
