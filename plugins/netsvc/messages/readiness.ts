import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC301 to SVC349: pods that run and are not ready. */
export const readinessMessages = defineMessages({});
