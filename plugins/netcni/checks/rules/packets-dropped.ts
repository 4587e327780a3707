import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { formatRule, tablesOf } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { findObstacles, type Obstacle } from '../../../../shared/datapath/packet/obstacles.ts';
import { witnessesInRules } from '../../../../shared/datapath/packet/rules-witnesses.ts';
import { witnessesFor } from '../../../../shared/datapath/packet/witnesses.ts';
import { proxiesOf } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { type Allowed, letPass } from './let-pass.ts';
import { about, place, where } from './words.ts';

/** More obstacles than these are told as a number. */
const MOST = 5;

/** Rules and policies of others that end packets of pods. */
export const packetsDropped = defineCheck<NodeDumps>({
  id: 'netcni/packets-dropped',
  group: 'filters',
  needs: [],
  uses: [...AGENT_USES, 'Service', 'EndpointSlice'],
  applies: ({ rules }) => rules.length > 0,
  run: (dumps, { index }) => {
    const { node, routes, links } = dumps;
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
      const found = findObstacles(tablesOf(sets), family, () =>
        node === undefined || index.seen('Pod').status !== 'ok'
          ? witnessesInRules(dumps, family, known)
          : witnessesFor(index, node, family, known),
      );
      return found.slice(0, MOST).map((obstacle) => tell(index, dumps, obstacle));
    });
  },
});

function isCompat(family: string, name: string): boolean {
  return (family === 'ip' || family === 'ip6') && /^(nat|filter|mangle|raw|security)$/.test(name);
}

function tell(index: ClusterIndex, dumps: NodeDumps, obstacle: Obstacle): Finding {
  const { by, witness } = obstacle;
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
      fix: fixesFor(index, dumps, set?.tool ?? 'iptables', obstacle),
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

/** What to look at, and what lets them pass. */
function fixesFor(index: ClusterIndex, dumps: NodeDumps, tool: string, obstacle: Obstacle): readonly Fix[] {
  const { table, chain, rule } = obstacle.by;
  const program = table.family === 'ip6' ? 'ip6tables' : 'iptables';
  const look =
    tool === 'nft'
      ? `nft -a list chain ${table.family} ${table.name} ${chain.name}`
      : rule === undefined
        ? `${program} -t ${table.name} -S ${chain.name}`
        : `${program} -t ${table.name} -L ${chain.name} ${chain.rules.indexOf(rule) + 1} -n -v`;
  return [
    ...letPass(tool, obstacle.by, allowedBy(index, dumps, obstacle.witness)),
    { title: 'or look at the rule first, on the node', command: look, risk: 'none' },
  ];
}

/** More senders than these are left to the reader. */
const MOST_SENDERS = 20;

/** All other nodes where one of them is stopped, else the range of the cluster's pods that both ends lie in. */
function allowedBy(index: ClusterIndex, dumps: NodeDumps, { hook, packet }: Obstacle['witness']): Allowed {
  const { source, destination, local, protocol, port, answer } = packet;
  const toNode = local === true && answer !== true && port !== 0 ? { protocol, port } : undefined;
  const out = hook === 'output';
  if (nodeAddresses(index).has(source)) {
    const others = [...nodeAddresses(index)].flatMap(([address, name]) =>
      name !== dumps.node && address.includes(':') === source.includes(':') ? [address] : [],
    );
    return { sources: others.slice(0, MOST_SENDERS), port: toNode, out };
  }
  const ends = (local === true ? [source] : [source, destination]).map(parseAddress);
  const ranges = [
    ...detectNetwork(index).podRanges.map(({ value }) => value),
    ...proxiesOf(dumps, source.includes(':') ? 6 : 4).flatMap(({ rules }) => [...rules.insiders]),
  ];
  const whole = ranges.find((value) => {
    const range = parseCidr(value);
    return range !== undefined && ends.every((address) => address !== undefined && inRange(range, address));
  });
  return { sources: [whole ?? (out ? destination : source)], port: toNode, out };
}
