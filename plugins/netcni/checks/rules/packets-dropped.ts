import { formatRule, tablesOf } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { findObstacles, type Obstacle } from '../../../../shared/datapath/packet/obstacles.ts';
import { witnessesFor } from '../../../../shared/datapath/packet/witnesses.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { about, place, where } from './words.ts';

/** More obstacles than these are told as a number. */
const MOST = 5;

/** Rules and policies of others that end packets of pods. */
export const packetsDropped = defineCheck<NodeDumps>({
  id: 'netcni/packets-dropped',
  group: 'filters',
  needs: [],
  uses: ['Pod', 'Service', 'EndpointSlice', 'Node'],
  applies: ({ rules, node }) => rules.length > 0 && node !== undefined,
  run: (dumps, { index }) => {
    const { node, routes, links } = dumps;
    if (node === undefined) return [];
    // nft shows the rules of iptables-nft too; the iptables-save of the same node tells them better.
    const sets = dumps.rules.some(({ tool, backend }) => tool === 'iptables' && backend !== 'legacy')
      ? dumps.rules.map((set) =>
          set.tool === 'nft'
            ? { ...set, tables: set.tables.filter(({ family, name }) => !isCompat(family, name)) }
            : set,
        )
      : dumps.rules;
    const known = {
      towards: (address: string) => (routes === undefined ? undefined : lookUp(routes, address)?.hops[0]?.device),
      names: (links ?? []).map(({ name }) => name),
    };
    return ([4, 6] as const).flatMap((family) => {
      const found = findObstacles(tablesOf(sets), family, () => witnessesFor(index, node, family, known));
      return found.slice(0, MOST).map((obstacle) => tell(dumps, obstacle));
    });
  },
});

function isCompat(family: string, name: string): boolean {
  return (family === 'ip' || family === 'ip6') && /^(nat|filter|mangle|raw|security)$/.test(name);
}

function tell(dumps: NodeDumps, { by, witness }: Obstacle): Finding {
  const { table, chain, rule } = by;
  const set =
    dumps.rules.find(({ tables }) => tables.includes(table)) ??
    dumps.rules.find(({ tables }) => tables.some((entry) => entry.name === table.name));
  const name = `${table.family} ${table.name} chain ${chain.name}`;
  const packets = rule === undefined ? chain.packets : rule.packets;
  return messages.CNI820.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      place: rule === undefined ? `the policy of ${name}` : `a rule in ${name}`,
      rule: rule === undefined ? 'DROP' : formatRule(rule),
      what: witness.what,
      fix: fixesFor(set?.tool ?? 'iptables', by),
    },
    evidence: [
      {
        fact:
          rule === undefined
            ? `policy ${chain.policy ?? 'drop'}, no rule accepts the packet`
            : `${formatRule(rule)}${rule.comment === '' ? '' : ` "${rule.comment}"`}`,
        source: `${place(dumps, set, rule?.line ?? chain.line)} table ${name}`,
      },
      ...(packets === undefined
        ? []
        : [{ fact: `${packets} packets met it so far`, source: place(dumps, set, rule?.line ?? chain.line) }]),
    ],
  });
}

function fixesFor(tool: string, { table, chain, rule }: Obstacle['by']): readonly Fix[] {
  if (tool === 'nft') {
    return [
      {
        title: 'see the rule with its handle, on the node',
        command: `nft -a list chain ${table.family} ${table.name} ${chain.name}`,
        risk: 'none',
      },
    ];
  }
  const program = table.family === 'ip6' ? 'ip6tables' : 'iptables';
  if (rule === undefined) {
    return [
      {
        title: 'let packets pass until the firewall is set right, on the node',
        command: `${program} -P ${chain.name} ACCEPT`,
        risk: 'low',
        undo: `${program} -P ${chain.name} DROP`,
      },
    ];
  }
  const number = chain.rules.indexOf(rule) + 1;
  return [
    {
      title: 'see the rule with its counters, on the node',
      command: `${program} -t ${table.name} -L ${chain.name} ${number} -n -v`,
      risk: 'none',
    },
  ];
}
