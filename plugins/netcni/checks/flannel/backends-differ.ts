import { FLANNEL, flannelBackend } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { nodeWords } from '../words.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Several backends at once. */
export const flannelBackendsDiffer = defineFlannelCheck({
  id: 'netcni/flannel-backends-differ',
  needs: ['Node'],
  run: (_, { index }) => {
    const byType = new Map<string, string[]>();
    for (const { node, name } of nodeFacts(index)) {
      const type = flannelBackend(node);
      if (type !== undefined && !downNodes(index).has(name)) byType.set(type, [...(byType.get(type) ?? []), name]);
    }
    if (byType.size < 2) return [];
    const groups = [...byType].sort(([, a], [, b]) => a.length - b.length);
    const [rare] = groups;
    return [
      pluginMessages.CNI605.raise({
        subject: { kind: 'Node', name: rare?.[1][0] ?? '' },
        args: { types: groups.map(([type, names]) => `${type} on ${joinNames(names, 2)}`).join(', ') },
        pods: groups.slice(0, -1).flatMap(([, names]) => names.map(nodeKey)),
        evidence: groups.map(([type, names]) => ({
          fact: `backend-type ${type}`,
          source: `${nodeWords(names)}, annotation ${FLANNEL}backend-type`,
        })),
      }),
    ];
  },
});
