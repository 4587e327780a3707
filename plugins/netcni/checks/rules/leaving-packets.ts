import type { Chain, Table } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { matchRule, type Packet } from '../../../../shared/datapath/packet/match.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { hidingOn } from '../../facts/hiding.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { about, place, where } from './words.ts';

/** An address that is nobody's (RFC 5737): it stands for all that lies outside. */
const OUTSIDE = '192.0.2.1';

/** Plugins hide pods behind their node when they speak to the outside, where nobody knows their addresses. */
export const leavingPackets = defineCheck<NodeDumps>({
  id: 'netcni/leaving-packets',
  group: 'filters',
  needs: ['Node'],
  uses: AGENT_USES,
  applies: ({ rules, node }, { index }) =>
    rules.length > 0 && node !== undefined && hidingOn(index, node) !== undefined,
  run: (dumps, { index }) => {
    const hiding = hidingOn(index, dumps.node ?? '');
    const tables = dumps.rules
      .flatMap((set) => set.tables)
      .filter(({ family }) => family === 'ip' || family === 'inet');
    const out = tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) =>
        chain.hook === 'postrouting' && chain.type === 'nat' && table.excerpt !== true ? [{ table, chain }] : [],
      ),
    );
    if (hiding === undefined) return [];
    const { plugin, chain: own, source, told } = hiding;
    // A plugin whose chains are not there at all writes its rules elsewhere, or the dump was cut down.
    const first = out.find(({ table }) =>
      own === undefined ? table.name === 'nat' : [...table.chains.keys()].some((name) => own.test(name)),
    );
    if (first === undefined) return [];
    const packet: Packet = { protocol: 'tcp', source, destination: OUTSIDE, port: 443 };
    if (out.some(({ table, chain }) => mayHide(table, chain, packet, 0) === 'yes')) return [];
    const set = dumps.rules.find(({ tables: all }) => all.includes(first.table));
    return [
      messages.CNI838.raise({
        ...about(dumps),
        args: { where: where(dumps), plugin, fix: restartAgent(index, dumps.node) },
        evidence: [
          {
            fact: `no rule masquerades a packet from ${source} to an outer address`,
            source: `${place(dumps, set, first.chain.line)} table ${first.table.name} chain ${first.chain.name}`,
          },
          told,
        ],
      }),
    ];
  },
});

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
