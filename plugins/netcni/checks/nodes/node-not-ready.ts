import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { groupBy, nodesAre, sinceWords } from '../words.ts';

/** Nodes that are shown as evidence. */
const MOST = 4;

/** Nodes that say themselves that they cannot run pods, for a reason that is not the network. */
export const nodeNotReady = defineCheck<ClusterSubject>({
  id: 'netcni/node-not-ready',
  group: 'nodes',
  needs: ['Node'],
  run: (_, { index, now }) =>
    groupBy(
      nodeFacts(index).filter(({ standing, fresh }) => standing === 'broken' && !fresh),
      ({ name, ready, leaving }) => `${leaving === undefined} ${ready?.reason} ${ready?.message}`.replaceAll(name, ''),
    ).map((alike) => {
      const [{ name, ready, leaving }] = alike;
      const names = alike.map((one) => one.name);
      return nodeMessages.CNI202.raise({
        subject: { kind: 'Node', name },
        args: {
          nodes: nodesAre(names),
          first: name,
          reason: ready?.reason ?? '',
          said: shorten(ready?.message ?? 'no message', 160),
        },
        ...(leaving === undefined ? {} : { severity: 'info' as const, fixes: [] }),
        impact: names.length / Math.max(1, nodeFacts(index).length),
        pods: names.map(nodeKey),
        evidence: alike.slice(0, MOST).map((one) => ({
          fact: `Ready is ${one.ready?.status ?? ''}${sinceWords(ago(one.ready?.lastTransitionTime, now))}: ${shorten(one.ready?.message ?? '', 200)}`,
          source: `Node ${one.name} status.conditions`,
        })),
      });
    }),
});
