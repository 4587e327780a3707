import { parseJson } from '../../../../shared/datapath/cni/config-text.ts';
import { FLANNEL } from '../../../../shared/datapath/cni/settings-flannel.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { restartAgent } from '../restart-agent.ts';
import { nodeWords } from '../words.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** Nodes whose tunnels have one hardware address, such as clones of one machine. */
export const flannelTunnelMacShared = defineFlannelCheck({
  id: 'netcni/flannel-tunnel-mac-shared',
  needs: ['Node'],
  run: (_, { index }) =>
    [...nodesByMac(nodeFacts(index))].flatMap(([mac, set]) => {
      const nodes = [...set];
      const last = nodes.at(-1);
      if (last === undefined || nodes.length < 2) return [];
      const names = nodes.map(({ name }) => name);
      const ids = new Set(nodes.map(({ node }) => node.status?.nodeInfo?.machineID));
      const [id] = ids;
      const clones = ids.size === 1 && id !== undefined;
      return [
        flannelMessages.CNI609.raise({
          subject: { kind: 'Node', name: last.name },
          args: {
            nodes: nodeWords(names),
            mac,
            node: last.name,
            clones,
            fix: restartAgent(index, last.name).slice(-1),
          },
          pods: names.map(nodeKey),
          evidence: [
            { fact: `VtepMAC ${mac}`, source: `${nodeWords(names)}, annotation ${FLANNEL}backend-data` },
            ...(clones ? [{ fact: `machineID ${id} on all of them`, source: 'Nodes status.nodeInfo' }] : []),
          ],
        }),
      ];
    }),
});

/** One node uses the same address for both families. */
function nodesByMac(all: readonly NodeFacts[]): ReadonlyMap<string, ReadonlySet<NodeFacts>> {
  const byMac = new Map<string, Set<NodeFacts>>();
  for (const facts of all) {
    for (const key of ['backend-data', 'backend-v6-data']) {
      const mac = parseJson(facts.node.metadata?.annotations?.[FLANNEL + key])?.VtepMAC;
      if (typeof mac !== 'string' || mac === '') continue;
      byMac.set(mac, (byMac.get(mac) ?? new Set()).add(facts));
    }
  }
  return byMac;
}
