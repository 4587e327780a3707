import { FLANNEL, flannelBackend, flannelNetwork } from '../../../../shared/datapath/cni/settings-flannel.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { restartAgents } from '../restart-agent.ts';
import { nodeWords } from '../words.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

type Group = readonly [type: string, nodes: readonly string[]];

/** Several backends at once, or one that is not the configured one any more. */
export const flannelBackendsDiffer = defineFlannelCheck({
  id: 'netcni/flannel-backends-differ',
  needs: ['Node'],
  run: (_, { index }) => {
    const facts = nodeFacts(index).filter(({ name }) => !downNodes(index).has(name));
    const ids = new Set(facts.flatMap(({ node }) => tunnelId(node) ?? []));
    const byType = new Map<string, string[]>();
    for (const { node, name } of facts) {
      const backend = flannelBackend(node)?.toLowerCase();
      if (backend === undefined) continue;
      const id = ids.size > 1 ? tunnelId(node) : undefined;
      const type = id === undefined ? backend : `${backend} with VNI ${id}`;
      byType.set(type, [...(byType.get(type) ?? []), name]);
    }
    const groups = [...byType].sort(([, a], [, b]) => a.length - b.length);
    return byType.size < 2 ? outdated(index, groups) : [differ(index, groups)];
  },
});

/** The number by which VXLAN keeps networks apart; flanneld announces it since 0.13. */
function tunnelId(node: Node): string | undefined {
  const notes = node.metadata?.annotations ?? {};
  return /"VNI":(\d+)/.exec(notes[`${FLANNEL}backend-data`] ?? notes[`${FLANNEL}backend-v6-data`] ?? '')?.[1];
}

/**
 * Those that stand alone are at fault: nodes of another backend than the configured one, else all but the most. Where
 * that is half of them nobody reaches much.
 */
function differ(index: ClusterIndex, groups: readonly Group[]): Finding {
  const { wanted, evidence } = configured(index);
  const others = groups.some(([type]) => type === wanted)
    ? groups.filter(([type]) => type !== wanted)
    : groups.slice(0, -1);
  const size = (list: readonly Group[]): number => list.reduce((sum, [, names]) => sum + names.length, 0);
  const off = size(others) * 2 >= size(groups) ? groups : others;
  return flannelMessages.CNI605.raise({
    subject: { kind: 'Node', name: off[0]?.[1][0] ?? '' },
    args: {
      types: groups.map(([type, names]) => `${type} on ${joinNames([...names], 2)}`).join(', '),
      fix: restartAgents(index),
    },
    pods: off.flatMap(([, names]) => names.map(nodeKey)),
    evidence: [...groups.map(announcedBy), ...evidence],
  });
}

/** flanneld reads its configuration once: what was edited since comes into force node by node, as they restart. */
function outdated(index: ClusterIndex, [group]: readonly Group[]): readonly Finding[] {
  const { wanted, place, evidence } = configured(index);
  if (group === undefined || wanted === undefined || wanted === group[0]) return [];
  const [type, nodes] = group;
  return [
    flannelMessages.CNI608.raise({
      subject: { kind: 'ConfigMap', ...place },
      args: { wanted, type, nodes: nodeWords(nodes), fix: restartAgents(index) },
      pods: nodes.map(nodeKey),
      evidence: [...evidence, announcedBy(group)],
    }),
  ];
}

function configured(index: ClusterIndex) {
  const network = flannelNetwork(index);
  const wanted = network?.value.Backend?.Type?.toLowerCase();
  const [namespace = '', name = ''] = (network?.source.split(' ')[1] ?? '').split('/');
  return {
    wanted,
    place: { namespace, name },
    evidence: wanted === undefined ? [] : [{ fact: `Backend.Type ${wanted}`, source: network?.source ?? '' }],
  };
}

function announcedBy([type, names]: Group) {
  return { fact: `backend-type ${type}`, source: `${nodeWords(names)}, annotation ${FLANNEL}backend-type` };
}
