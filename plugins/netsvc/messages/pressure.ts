import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC901 to SVC949: resources, restarts and flapping. */
export const pressureMessages = defineMessages({});
