import { defineMessages } from '../../../shared/messages/define-messages.ts';
import { aliasMessages } from './exposure-alias.ts';
import { balancerMessages } from './exposure-balancer.ts';
import { placeMessages } from './exposure-place.ts';

/** SVC551 to SVC599: Service types, traffic policies, load balancers, node ports. */
export const exposureMessages = defineMessages({ ...balancerMessages, ...aliasMessages, ...placeMessages });
