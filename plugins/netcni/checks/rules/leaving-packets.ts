import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Chain, Table } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { matchRule, type Packet } from '../../../../shared/datapath/packet/match.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatAddress } from '../../../../shared/util/addresses.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { about, place, where } from './words.ts';

/** An address that is nobody's (RFC 5737): it stands for all that lies outside. */
const OUTSIDE = '192.0.2.1';

/** Flannel with --ip-masq hides pods behind their node when they speak to the outside, where nobody knows their addresses. */
export const leavingPackets = defineCheck<NodeDumps>({
  id: 'netcni/leaving-packets',
  group: 'filters',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: ({ rules, node }, { index }) => rules.length > 0 && node !== undefined && hidesPods(index),
  run: (dumps, { index }) => {
    const range = podRangesOf(index.get('Node', undefined, dumps.node ?? '') ?? {}).find(
      (entry) => entry.range.family === 4,
    )?.range;
    const tables = dumps.rules
      .flatMap((set) => set.tables)
      .filter(({ family }) => family === 'ip' || family === 'inet');
    const out = tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.hook === 'postrouting' && chain.type === 'nat' && table.excerpt !== true ? [{ table, chain }] : [],
      ),
    );
    const [first] = out;
    if (range === undefined || first === undefined || !out.some(({ table }) => table.name === 'nat')) return [];
    const source = formatAddress({ family: 4, value: range.first + 2n });
    const packet: Packet = { protocol: 'tcp', source, destination: OUTSIDE, port: 443 };
    if (out.some(({ table, chain }) => mayHide(table, chain, packet, 0) === 'yes')) return [];
    const set = dumps.rules.find(({ tables: own }) => own.includes(first.table));
    return [
      messages.CNI838.raise({
        ...about(dumps),
        args: { where: where(dumps), fix: restartAgent(index, dumps.node) },
        evidence: [
          {
            fact: `no rule masquerades a packet from ${source} to an outer address`,
            source: `${place(dumps, set, first.chain.line)} table ${first.table.name} chain ${first.chain.name}`,
          },
          { fact: 'flanneld runs with --ip-masq', source: 'its DaemonSet' },
        ],
      }),
    ];
  },
});

function hidesPods(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  return (primary?.name === 'Flannel' ? primary.sets : []).some((set) =>
    (set.spec?.template?.spec?.containers ?? []).some(({ command = [], args = [] }) =>
      [...command, ...args].some((word) => /^--?ip-masq(=true)?$/.test(word)),
    ),
  );
}

/** `over` ends the walk: the packet leaves as it is. A rule that nobody can judge may hide it. */
function mayHide(table: Table, chain: Chain, packet: Packet, depth: number): 'yes' | 'no' | 'over' {
  for (const rule of chain.rules) {
    const match = matchRule(rule, packet, table, false);
    const { verdict } = rule;
    if (match === 'no') continue;
    if (verdict.kind === 'masquerade' || verdict.kind === 'queue' || verdict.kind === 'vmap') return 'yes';
    if (verdict.kind === 'jump' || verdict.kind === 'goto') {
      const next = table.chains.get(verdict.chain);
      if (next === undefined || depth > 20) return 'yes';
      const end = mayHide(table, next, packet, depth + 1);
      if (end === 'yes' || (end === 'over' && match === 'yes')) return end;
    }
    if (match === 'yes' && verdict.kind === 'return') return 'no';
    if (match === 'yes' && verdict.kind === 'accept') return 'over';
  }
  return 'no';
}
