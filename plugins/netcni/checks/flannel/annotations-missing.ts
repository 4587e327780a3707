import { flagTold } from '../../../../shared/datapath/cni/config-text.ts';
import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { FLANNEL, flannelBackend } from '../../../../shared/datapath/cni/settings-flannel.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { downNodes, type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { restartAgent } from '../restart-agent.ts';
import { nodeWords } from '../words.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Nodes whose flannel did not announce itself. */
export const flannelAnnotationsMissing = defineFlannelCheck({
  id: 'netcni/flannel-annotations-missing',
  needs: ['Node'],
  run: (_, { index }) => {
    const nodes = nodeFacts(index).filter(
      ({ takesAgents, fresh, name }) => takesAgents && !fresh && !downNodes(index).has(name),
    );
    const v6 = speaksV6(nodes);
    const bare = nodes.flatMap((facts) => {
      const missing = missingOn(facts, v6);
      return missing.length === 0 ? [] : [{ ...facts, missing }];
    });
    const [first] = bare;
    if (first === undefined || !areKept(index, nodes)) return [];
    const names = bare.map(({ name }) => name);
    return [
      flannelMessages.CNI603.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes: nodeWords(names),
          missing: joinNames([...first.missing], 3),
          fix: restartAgent(index, first.name),
        },
        impact: bare.length / nodes.length,
        pods: names.map(nodeKey),
        evidence: bare.slice(0, 3).map(({ name, missing }) => ({
          fact: `no annotation ${missing.map((key) => FLANNEL + key).join(', ')}`,
          source: `Node ${name} metadata.annotations`,
        })),
      }),
    ];
  },
});

/**
 * Whether flannel keeps its state on nodes, and what was read still has it: other nodes show both. Where no node has
 * any, its own flag and annotations of others prove it.
 */
function areKept(index: ClusterIndex, nodes: readonly NodeFacts[]): boolean {
  if (nodes.some(({ node }) => flannelBackend(node) !== undefined)) return true;
  const sets = detectNetwork(index).primary?.sets ?? [];
  return (
    flagTold(sets, '--kube-subnet-mgr') !== undefined &&
    nodes.every(({ node }) => Object.keys(node.metadata?.annotations ?? {}).length > 0)
  );
}

function speaksV6(nodes: readonly NodeFacts[]): boolean {
  return nodes.some(({ node }) => node.metadata?.annotations?.[`${FLANNEL}public-ipv6`] !== undefined);
}

/** Annotations for each family that flannel carries there (flannel-io/flannel pkg/subnet/kube). */
function missingOn({ node, ranges }: NodeFacts, v6: boolean): readonly string[] {
  const has = (family: 4 | 6): boolean => ranges.some(({ range }) => range.family === family);
  const needed = [
    'backend-type',
    ...(has(4) || !v6 ? ['backend-data', 'public-ip'] : []),
    ...(has(6) && v6 ? ['backend-v6-data', 'public-ipv6'] : []),
    'kube-subnet-manager',
  ];
  // host-gw announces no data, and older versions write `null`.
  const data = /vxlan|wireguard/i.test(flannelBackend(node) ?? '');
  return needed.filter(
    (key) => node.metadata?.annotations?.[FLANNEL + key] === undefined && (data || !key.endsWith('-data')),
  );
}
