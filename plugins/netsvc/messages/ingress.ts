import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC701 to SVC749: Ingress in front and its TLS. */
export const ingressMessages = defineMessages({});
