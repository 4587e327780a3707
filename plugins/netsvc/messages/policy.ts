import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC601 to SVC649: network policies in the way. */
export const policyMessages = defineMessages({});
