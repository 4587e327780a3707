import type { RoutingRule } from '../../../../shared/datapath/dump/routing-rules.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { podRangesByNode } from '../../../../shared/datapath/pod-ranges.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { type Detour, detourOf, type Routed } from '../../../../shared/datapath/routing-rule-walk.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isFinished, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { coversRange } from '../../../../shared/util/addresses.ts';
import { rulesRoutesMessages as messages } from '../../messages/rules-routes.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { formatRoute, placeOf } from './route-words.ts';
import { about, place, where } from './words.ts';

/** Pods of the node that are tried, each for itself: a rule may be about one. */
const MOST = 300;
/** Devices of plugins that keep routes in tables of their own (WireGuard of Calico, Cilium, kube-router, Antrea). */
const OF_PLUGIN = /^(flannel|vxlan|tunl|wireguard|cilium|lxc|genev|antrea|kube-bridge|tun-|cali|ovn|weave)/;

interface Trip extends Routed {
  /** The node of the pod it goes to. */
  readonly to: string;
  readonly what: string;
}

/** Whether packets of pods come to the table main, in which the routes to pods stand. */
export const routingRules = defineCheck<NodeDumps>({
  id: 'netcni/routing-rules',
  group: 'routes',
  needs: [],
  uses: [...AGENT_USES, 'CiliumNode'],
  applies: ({ routingRules: rules }) => rules !== undefined,
  run: (dumps, { index }) => {
    const { routingRules: rules = [], routes = [] } = dumps;
    const gone = tableNotAsked(dumps, rules);
    if (gone !== undefined) return [gone];
    const told = new Set<RoutingRule>();
    return trips(index, dumps).flatMap((trip): readonly Finding[] => {
      const detour = detourOf(rules, routes, trip);
      if (detour === undefined || told.has(detour.rule)) return [];
      const what = harm(index, dumps, trip, detour);
      if (what === undefined) return [];
      told.add(detour.rule);
      return [tell(dumps, trip, detour, what)];
    });
  },
});

/** A rule that takes packets of pods to a table that the dump does not show. */
export function hiddenTable(index: ClusterIndex, dumps: NodeDumps): RoutingRule | undefined {
  const { routingRules: rules = [], routes = [] } = dumps;
  if (rules.length === 0) return undefined;
  for (const trip of trips(index, dumps)) {
    const detour = detourOf(rules, routes, trip);
    if (detour?.kind === 'unknown') return detour.rule;
  }
  return undefined;
}

/** The three rules of every system: without one of the first two nothing works. A list that was cut down has fewer. */
function tableNotAsked(dumps: NodeDumps, rules: readonly RoutingRule[]): Finding | undefined {
  const asks = (form: RegExp): boolean => rules.some(({ table }) => form.test(table ?? ''));
  const [main, local, last] = [asks(/^(main|254)$/), asks(/^(local|255)$/), asks(/^(default|253)$/)];
  if (!last || main === local) return undefined;
  const [number, table, effect] = main
    ? [0, 'local', 'packets to its own addresses are not delivered']
    : [32_766, 'main', 'its routes are not used'];
  return messages.CNI843.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      what: `no routing rule asks the table ${table}: ${effect}`,
      fix: [
        {
          title: `on ${where(dumps)}: write it again`,
          command: `ip rule add pref ${number} lookup ${table}`,
          risk: 'low',
          undo: `ip rule del pref ${number}`,
        },
      ],
    },
    evidence: rules.slice(0, 5).map((rule) => evidenceOf(dumps, rule)),
  });
}

/** A packet of each pod of the node to another node, one from there, and one to each other node. */
function trips(index: ClusterIndex, dumps: NodeDumps): readonly Trip[] {
  const ends = index.list('Pod').flatMap((pod) => {
    if (pod.spec?.hostNetwork === true || isFinished(pod) || pod.spec?.nodeName === undefined) return [];
    return podAddresses(pod).map((address) => ({
      pod,
      address,
      node: pod.spec?.nodeName,
      ipv6: address.includes(':'),
    }));
  });
  const own = ends.filter(({ node }) => node === dumps.node).slice(0, MOST);
  const others = [
    ...new Map(ends.filter(({ node }) => node !== dumps.node).map((end) => [`${end.node} ${end.ipv6}`, end])).values(),
  ];
  const trip = (from: (typeof ends)[number], to: (typeof ends)[number]): Trip => ({
    source: from.address,
    destination: to.address,
    in: lookUp(dumps.routes ?? [], from.address)?.hops[0]?.device,
    to: to.node ?? '',
    what: `packets from pod ${podKey(from.pod)} (${from.address}) to ${to.address}`,
  });
  return own.flatMap((one) => {
    const far = others.filter(({ ipv6 }) => ipv6 === one.ipv6).slice(0, one === own[0] ? MOST : 1);
    return far.flatMap((other) => [trip(one, other), trip(other, one)]);
  });
}

/** What a packet suffers by its detour; undefined where it comes to the same end, or nobody can tell. */
function harm(index: ClusterIndex, dumps: NodeDumps, trip: Trip, detour: Detour): string | undefined {
  if (detour.kind === 'unknown') return undefined;
  if (detour.kind === 'ended') return 'drops';
  const { route } = detour;
  if (route.type !== 'unicast') return `drops (table ${route.table}: ${formatRoute(route)})`;
  const right = lookUp(dumps.routes ?? [], trip.destination);
  // Where pods have addresses of the network of the nodes (AWS, Azure) tables of their own are the rule.
  const ranges = podRangesByNode(index).get(trip.to)?.ranges ?? [];
  if (right === undefined || !ranges.some(({ range }) => coversRange(range, right.range))) return undefined;
  const [hop, usual] = [route.hops[0], right.hops[0]];
  if (hop?.device === usual?.device && hop?.via === usual?.via) return undefined;
  if (OF_PLUGIN.test(hop?.device ?? '') || (hop?.via !== undefined && nodeAddresses(index).has(hop.via)))
    return undefined;
  return `sends ${formatRoute(route)}`;
}

function tell(dumps: NodeDumps, trip: Trip, detour: Detour, what: string): Finding {
  const { rule } = detour;
  const [verb = '', ...rest] = what.split(' ');
  return messages.CNI843.raise({
    ...about(dumps),
    args: {
      where: where(dumps),
      what: `the routing rule "${rule.text}" ${[verb, trip.what, ...rest].join(' ')}`,
      fix: [
        {
          title: `on ${where(dumps)}: take the rule away`,
          command: `ip rule del pref ${rule.priority} ${rule.text}`,
          risk: 'low',
          undo: `ip rule add pref ${rule.priority} ${rule.text}`,
        },
      ],
    },
    evidence: [
      evidenceOf(dumps, rule),
      ...(detour.kind === 'route'
        ? [
            { fact: `${formatRoute(detour.route)} table ${detour.route.table}`, source: placeOf(dumps, detour.route) },
            ...usual(dumps, trip),
          ]
        : []),
    ],
  });
}

/** The route that the packet would take without the rule. */
function usual(dumps: NodeDumps, { destination }: Trip): readonly Evidence[] {
  const route = lookUp(dumps.routes ?? [], destination);
  return route === undefined
    ? []
    : [{ fact: `passed over: ${formatRoute(route)} table main`, source: placeOf(dumps, route) }];
}

function evidenceOf(dumps: NodeDumps, rule: RoutingRule): Evidence {
  const dump = dumps.files.flatMap(({ dumps: all }) => all).find(({ kind }) => kind === 'routingRules');
  return { fact: `${rule.priority}: ${rule.text}`, source: place(dumps, dump, rule.line) };
}
