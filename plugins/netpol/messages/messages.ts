import type { AnyMessage } from '../../../shared/messages/define-messages.ts';
import { policyMessages } from './reach.ts';

/** Every code of the plugin. A code, once shipped, keeps its meaning. */
export const messages: Readonly<Record<string, AnyMessage>> = { ...policyMessages };
