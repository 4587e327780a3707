import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC851 to SVC899: the names by which callers reach the Service. */
export const namesMessages = defineMessages({});
