import type { AnyMessage } from '../../../shared/messages/define-messages.ts';
import { assertMessages } from './assert.ts';
import { changeMessages } from './change.ts';
import { clusterMessages } from './cluster.ts';
import { formMessages } from './form.ts';
import { portMessages } from './ports.ts';
import { policyMessages } from './reach.ts';
import { ruleMessages } from './rules.ts';
import { selectorMessages } from './selectors.ts';

/** Every code of the plugin. A code, once shipped, keeps its meaning. */
export const messages: Readonly<Record<string, AnyMessage>> = {
  ...selectorMessages,
  ...portMessages,
  ...ruleMessages,
  ...formMessages,
  ...clusterMessages,
  ...changeMessages,
  ...assertMessages,
  ...policyMessages,
};
