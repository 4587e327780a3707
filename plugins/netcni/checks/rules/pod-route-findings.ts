import type { Route } from '../../../../shared/datapath/dump/routes.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { strayFlannelAddresses } from '../../../../shared/datapath/flannel-addresses.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { podRangesByNode } from '../../../../shared/datapath/pod-ranges.ts';
import { isDefault, lookUp } from '../../../../shared/datapath/route-lookup.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { unknownNetwork } from '../../facts/unknown-network.ts';
import { rulesRoutesMessages as messages } from '../../messages/rules-routes.ts';
import { restartAgent } from '../restart-agent.ts';
import { formatRoute, placeOf, takeAway } from './route-words.ts';
import { about, where } from './words.ts';

/** A range of another node that no route leads to, and the one that packets to it take instead. */
export interface Lost {
  readonly other: Node;
  readonly range: string;
  readonly route: Route | undefined;
  /** False where a router that nobody sees may know the way. */
  readonly sure: boolean;
}

/** Ranges without a route; those whose packets go the same way are one fault, however many nodes there are. */
export function missing(index: ClusterIndex, dumps: NodeDumps, lost: readonly Lost[]): readonly Finding[] {
  const groups = new Map<string, Lost[]>();
  for (const one of lost) {
    const key = `${one.sure} ${insteadOf(dumps, one)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => raise(index, dumps, group as [Lost, ...Lost[]]));
}

function raise(index: ClusterIndex, dumps: NodeDumps, group: readonly [Lost, ...Lost[]]): Finding {
  const [first] = group;
  const { route, range } = first;
  const others = [...new Set(group.map(({ other }) => nameOf(other)))];
  return messages.CNI830.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      range: joinNames(
        group.map((one) => one.range),
        2,
      ),
      others: `node${others.length === 1 ? '' : 's'} ${joinNames(others, 3)}`,
      instead: insteadOf(dumps, first),
      fix:
        route?.destination === range
          ? takeAway(dumps, route)
          : group.length === 1
            ? fixesFor(index, dumps, first.other, range, 'add')
            : group
                .slice(0, 3)
                .flatMap((one) => fixesFor(index, dumps, one.other, one.range, 'add'))
                .filter(isFirst),
    },
    ...(first.sure ? {} : { severity: 'warning' as const, confidence: 'likely' as const }),
    evidence: [
      ...group.slice(0, 3).map((one) => ({
        fact: `pods of node ${nameOf(one.other)} have addresses of ${one.range}`,
        source: podRangesByNode(index).get(nameOf(one.other))?.source ?? '',
      })),
      { fact: route === undefined ? 'no route' : formatRoute(route), source: placeOf(dumps, route) },
    ],
  });
}

/** An agent that is started anew writes the routes to all nodes: once is enough. */
function isFirst(fix: Fix, at: number, all: readonly Fix[]): boolean {
  return all.findIndex(({ command }) => command === fix.command) === at;
}

function insteadOf({ routes }: NodeDumps, { range, route }: Lost): string {
  const dead = routes?.find((entry) => entry.destination === range && entry.dead);
  if (dead !== undefined) return `the one there is uses ${dead.hops[0]?.device ?? 'a link'}, which is down`;
  if (route === undefined) return 'packets to them have no way at all';
  return isDefault(route)
    ? `packets to them take the default route${defaultTo(route)}`
    : `the route ${formatRoute(route)} drops packets to them`;
}

/** A route to pods of another node that leads elsewhere. */
export function wrong(
  index: ClusterIndex,
  dumps: NodeDumps,
  other: Node,
  range: string,
  route: Route,
  what: string,
): Finding {
  const addresses = [...nodeAddresses(index)].filter(([, name]) => name === nameOf(other)).map(([address]) => address);
  const [hop] = route.hops;
  const announced = strayFlannelAddresses(index).filter(
    ({ name, address }) => name === nameOf(other) && address === hop?.via,
  );
  const mute = dumps.neighbours?.some(({ address, mac }) => address === hop?.via && mac === undefined) === true;
  return messages.CNI831.raise({
    ...about(dumps),
    // The kubelet may tell Kubernetes a wrong address as well.
    ...(announced.length > 0 && !mute ? { confidence: 'likely' as const } : {}),
    args: {
      where: where(dumps),
      range,
      other: nameOf(other),
      what,
      fix: podRangesByNode(index)
        .get(nameOf(other))
        ?.ranges.some(({ text }) => text === route.destination)
        ? fixesFor(index, dumps, other, range, 'replace')
        : takeAway(dumps, route),
    },
    evidence: [
      { fact: formatRoute(route), source: placeOf(dumps, route) },
      { fact: `its addresses are ${addresses.join(', ')}`, source: `Node ${nameOf(other)} status.addresses` },
      ...announced.map(({ address, name, annotation }) => ({
        fact: `its Flannel announced ${address}`,
        source: `Node ${name} annotation ${annotation}`,
      })),
    ],
  });
}

function defaultTo({ hops }: Route): string {
  const via = hops[0]?.via;
  return via === undefined ? '' : ` to ${via}, and arrive only if that router knows the way`;
}

/** Flannel writes what the other node announced: where that is not the address it has, the other agent is to start anew. */
function writer(index: ClusterIndex, dumps: NodeDumps, other: Node): string | undefined {
  return strayFlannelAddresses(index).some(({ name }) => name === nameOf(other)) ? nameOf(other) : dumps.node;
}

/** A new agent writes all routes; where there is none, the route itself, if the nodes are neighbours. */
function fixesFor(
  index: ClusterIndex,
  dumps: NodeDumps,
  other: Node,
  range: string,
  verb: 'add' | 'replace',
): readonly Fix[] {
  if (unknownNetwork(index)?.byHand !== true) return restartAgent(index, writer(index, dumps, other));
  const addresses = [...nodeAddresses(index)].filter(([, name]) => name === nameOf(other)).map(([address]) => address);
  const near = addresses.find((address) => {
    const way = lookUp(dumps.routes ?? [], address);
    return address.includes(':') === range.includes(':') && way !== undefined && way.hops[0]?.via === undefined;
  });
  if (near === undefined) return [];
  const old = dumps.routes?.find(({ destination }) => destination === range);
  const undo = verb === 'add' || old === undefined ? `ip route del ${range}` : `ip route replace ${formatRoute(old)}`;
  const title = `on ${where(dumps)}: write the route; it lasts until the node starts anew`;
  return [{ title, command: `ip route ${verb} ${range} via ${near}`, risk: 'low', undo }];
}
