import { dumpsInSnapshot } from '../../../../shared/datapath/dump-files.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type NodeMtu, nodeMtus } from '../../facts/node-mtu.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { nodeWords } from '../words.ts';

/** Nodes whose interfaces have jumbo frames beside nodes that have not, as dumps of both show. */
export const nodeMtusDiffer = defineCheck<ClusterSubject>({
  id: 'netcni/node-mtus-differ',
  group: 'mtu',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: (_, { index }) => dumpsInSnapshot(index).length > 1,
  run: (_, { index }) => {
    const seen = nodeMtus(index).nodes.filter(({ underlay }) => underlay.proven);
    const smallest = Math.min(...seen.map(({ underlay }) => underlay.mtu));
    const larger = seen.filter(({ underlay }) => underlay.mtu > smallest);
    const [example] = larger;
    if (example === undefined) return [];
    const rest = seen.filter(({ underlay }) => underlay.mtu === smallest);
    const names = larger.map(({ node }) => node);
    return [
      pluginMessages.CNI721.raise({
        subject: { kind: 'Node', name: example.node },
        args: {
          large: nodeWords(names),
          largeMtu: joinNames([...new Set(larger.map(({ underlay }) => String(underlay.mtu)))], 3),
          small: nodeWords(rest.map(({ node }) => node)),
          smallMtu: smallest,
        },
        pods: names.map(nodeKey),
        evidence: [...larger.slice(0, 3), ...rest.slice(0, 2)].map(evidenceOf),
      }),
    ];
  },
});

function evidenceOf({ node, underlay, actual }: NodeMtu) {
  const pods = actual === undefined ? '' : `, its pods ${actual.mtu}`;
  return { fact: `node ${node} has ${underlay.mtu}${pods}`, source: underlay.source };
}
