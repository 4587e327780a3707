import { clusterMessages } from './cluster.ts';
import { endpointsMessages } from './endpoints.ts';
import { exposureMessages } from './exposure.ts';
import { ingressMessages } from './ingress.ts';
import { namesMessages } from './names.ts';
import { podsMessages } from './pods.ts';
import { policyMessages } from './policy.ts';
import { portsMessages } from './ports.ts';
import { pressureMessages } from './pressure.ts';
import { readinessMessages } from './readiness.ts';
import { selectorMessages } from './selector.ts';
import { targetMessages } from './targets.ts';

/** Every code of the plugin. A code, once shipped, keeps its meaning. */
export const messages = {
  ...targetMessages,
  ...selectorMessages,
  ...podsMessages,
  ...readinessMessages,
  ...portsMessages,
  ...endpointsMessages,
  ...exposureMessages,
  ...policyMessages,
  ...ingressMessages,
  ...clusterMessages,
  ...namesMessages,
  ...pressureMessages,
};
