import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC501 to SVC549: EndpointSlices and Endpoints. */
export const endpointsMessages = defineMessages({});
