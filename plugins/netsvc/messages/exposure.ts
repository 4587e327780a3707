import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC551 to SVC599: Service types, traffic policies, load balancers, node ports. */
export const exposureMessages = defineMessages({});
