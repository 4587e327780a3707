import { apiAccessMessages } from './api-access.ts';
import { corefileMessages } from './corefile.ts';
import { corefileHabitMessages } from './corefile-habits.ts';
import { corefileInForceMessages } from './corefile-in-force.ts';
import { logMessages } from './logs.ts';
import { metricsMessages } from './metrics.ts';
import { namesMessages } from './names.ts';
import { nodeCacheMessages } from './node-cache.ts';
import { nodesMessages } from './nodes.ts';
import { podsMessages } from './pods.ts';
import { policyMessages } from './policy.ts';
import { recordsMessages } from './records.ts';
import { serversMessages } from './servers.ts';
import { upstreamMessages } from './upstreams.ts';

/** Every code of the plugin. A code, once shipped, keeps its meaning. */
export const messages = {
  ...serversMessages,
  ...apiAccessMessages,
  ...upstreamMessages,
  ...corefileMessages,
  ...corefileInForceMessages,
  ...corefileHabitMessages,
  ...logMessages,
  ...metricsMessages,
  ...podsMessages,
  ...nodesMessages,
  ...policyMessages,
  ...nodeCacheMessages,
  ...recordsMessages,
  ...namesMessages,
};
