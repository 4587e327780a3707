import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC401 to SVC449: Service ports, target ports and what containers declare. */
export const portsMessages = defineMessages({});
