import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { downNodes } from '../../facts/nodes.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

/** Events are kept for an hour, and aws-node writes one with every call that is refused. */
const LATELY = 3_600_000;

/** Calls that AWS refused to aws-node, as its own events tell. */
export const awsRights = defineCheck<ClusterSubject>({
  id: 'netcni/aws-rights-missing',
  group: 'aws',
  needs: ['Event'],
  uses: [...AGENT_USES],
  applies: (_, { index }) => detectNetwork(index).plugins.some(({ name }) => name === 'AWS VPC CNI'),
  run: (_, { index }) => {
    const refused = agentGroups(index)
      .filter(({ plugin }) => plugin?.name === 'AWS VPC CNI')
      .flatMap(({ pods }) => pods)
      .flatMap((pod) => {
        const event = index.events(pod, 'Pod').findLast(({ reason }) => reason === 'MissingIAMPermissions');
        const late = event !== undefined && index.now - Date.parse(event.lastSeen) > LATELY;
        if (event === undefined || late || downNodes(index).has(nodeOfAgent(pod))) return [];
        return [{ pod, node: nodeOfAgent(pod), event }];
      });
    const [first] = refused;
    if (first === undefined) return [];
    const calls = new Set(
      refused.map(({ event }) => /failed to call (\S+)/.exec(event.message)?.[1] ?? 'a call of EC2'),
    );
    const nodes = [...new Set(refused.map(({ node }) => node))];
    const waiting = new Set(troubledPods(index).map(({ node }) => node));
    // Some calls serve features that nobody needs; where nothing suffers it is worth a word and no more.
    const hurts = refused.some(({ pod, node }) => waiting.has(node) || !isReady(pod));
    return [
      pluginMessages.CNI710.raise({
        subject: { kind: 'Node', name: first.node },
        args: { nodes: nodeWords(nodes), calls: joinNames([...calls], 3), namespace: namespaceOf(first.pod) },
        severity: hurts ? 'critical' : 'warning',
        pods: nodes.map(nodeKey),
        evidence: refused.slice(0, 3).map(({ pod, event }) => ({
          fact: `"${shorten(event.message, 160)}"`,
          source: `Event MissingIAMPermissions on Pod ${namespaceOf(pod)}/${nameOf(pod)}`,
        })),
      }),
    ];
  },
});
