import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { alikeNodes } from '../../facts/alike-nodes.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { configurationByHand } from '../configuration-files.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodesAre, sinceWords } from '../words.ts';

/** Nodes that are shown as evidence. */
const MOST = 4;

/** What the kubelet says of the pod network; agents and their configuration, which stand nearer to the root, explain it. */
export const nodeNetworkNotReady = defineCheck<ClusterSubject>({
  id: 'netcni/node-network-not-ready',
  group: 'nodes',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index, now }) =>
    alikeNodes(
      index,
      nodeFacts(index).filter(({ standing, fresh }) => standing === 'no-network' && !fresh),
      ({ ready }) => ready?.message ?? '',
    ).map((alike) => {
      const [{ name, ready }] = alike;
      const names = alike.map((one) => one.name);
      return nodeMessages.CNI203.raise({
        subject: { kind: 'Node', name },
        args: {
          nodes: nodesAre(names),
          many: names.length > 1,
          first: name,
          said: shorten((ready?.message ?? '').replace(/^.*message:/, ''), 160),
          byHand: configurationByHand(index, name),
        },
        impact: names.length / Math.max(1, nodeFacts(index).length),
        pods: names.map(nodeKey),
        evidence: alike.slice(0, MOST).map((one) => ({
          fact: `Ready is False${sinceWords(ago(one.ready?.lastTransitionTime, now))}: ${shorten(one.ready?.message ?? '', 200)}`,
          source: `Node ${one.name} status.conditions`,
        })),
      });
    }),
});
