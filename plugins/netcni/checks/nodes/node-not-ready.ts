import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { sinceWords } from '../words.ts';

/** Nodes that say themselves that they cannot run pods, for a reason that is not the network. */
export const nodeNotReady = defineCheck<ClusterSubject>({
  id: 'netcni/node-not-ready',
  group: 'nodes',
  needs: ['Node'],
  run: (_, { index, now }) =>
    nodeFacts(index)
      .filter(({ standing, fresh }) => standing === 'broken' && !fresh)
      .map(({ name, ready, leaving }) =>
        nodeMessages.CNI202.raise({
          subject: { kind: 'Node', name },
          args: { node: name, reason: ready?.reason ?? '', said: shorten(ready?.message ?? 'no message', 160) },
          ...(leaving === undefined ? {} : { severity: 'info' as const, fixes: [] }),
          impact: 1 / Math.max(1, nodeFacts(index).length),
          pods: [nodeKey(name)],
          evidence: [
            {
              fact: `Ready is ${ready?.status ?? ''}${sinceWords(ago(ready?.lastTransitionTime, now))}: ${shorten(ready?.message ?? '', 200)}`,
              source: `Node ${name} status.conditions`,
            },
          ],
        }),
      ),
});
