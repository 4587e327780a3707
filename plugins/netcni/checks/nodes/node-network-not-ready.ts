import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { configurationByHand } from '../configuration-files.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { sinceWords } from '../words.ts';

/** What the kubelet says of the pod network; agents and their configuration, which stand nearer to the root, explain it. */
export const nodeNetworkNotReady = defineCheck<ClusterSubject>({
  id: 'netcni/node-network-not-ready',
  group: 'nodes',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index, now }) =>
    nodeFacts(index)
      .filter(({ standing, fresh }) => standing === 'no-network' && !fresh)
      .map(({ name, ready }) =>
        nodeMessages.CNI203.raise({
          subject: { kind: 'Node', name },
          args: {
            node: name,
            said: shorten((ready?.message ?? '').replace(/^.*message:/, ''), 160),
            byHand: configurationByHand(index, name),
          },
          impact: 1 / Math.max(1, nodeFacts(index).length),
          pods: [nodeKey(name)],
          evidence: [
            {
              fact: `Ready is False${sinceWords(ago(ready?.lastTransitionTime, now))}: ${shorten(ready?.message ?? '', 200)}`,
              source: `Node ${name} status.conditions`,
            },
          ],
        }),
      ),
});
