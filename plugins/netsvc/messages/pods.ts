import { podsContainersMessages } from './pods-containers.ts';
import { podsMissingMessages } from './pods-missing.ts';
import { podsNodesMessages } from './pods-nodes.ts';
import { podsPendingMessages } from './pods-pending.ts';

/** SVC201 to SVC249: pods that do not exist or do not run. */
export const podsMessages = {
  ...podsMissingMessages,
  ...podsPendingMessages,
  ...podsContainersMessages,
  ...podsNodesMessages,
};
