import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC201 to SVC249: pods that do not exist or do not run. */
export const podsMessages = defineMessages({});
