import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Route } from '../../../../shared/datapath/dump/routes.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { wrappingOfInterface } from '../../../../shared/datapath/mtu-headers.ts';
import { podRangesOf } from '../../../../shared/datapath/nodes.ts';
import { isDefault, lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { inRange, parseAddress } from '../../../../shared/util/addresses.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { podsOn } from '../../facts/node-pods.ts';
import { unknownNetwork } from '../../facts/unknown-network.ts';
import { rulesRoutesMessages as messages } from '../../messages/rules-routes.ts';
import { formatRoute, placeOf } from './route-words.ts';
import { about, dumpOf, isPodBridge, place, where } from './words.ts';

/** A pod gets its route before it gets ready. */
const YOUNG_MS = 15_000;

/** The node's own pods, each with a route onto an interface of this node. */
export const localPodRoutes = defineCheck<NodeDumps>({
  id: 'netcni/local-pod-routes',
  group: 'routes',
  needs: ['Pod'],
  uses: ['Node'],
  applies: ({ routes, node }) => routes !== undefined && node !== undefined,
  run: (dumps, { index, now }) => {
    const { routes = [], node } = dumps;
    const twice = onTwoBridges(index, dumps);
    if (twice.length > 0) return twice;
    const pods = podsOn(index, node).filter(
      (pod) =>
        pod.status?.phase === 'Running' &&
        !isTerminating(pod) &&
        now - Date.parse(pod.status?.startTime ?? '') > YOUNG_MS &&
        // AWS keeps the route of a pod with an interface of its own in another table.
        pod.metadata?.annotations?.['vpc.amazonaws.com/pod-eni'] === undefined,
    );
    const looked = pods.flatMap((pod) =>
      podAddresses(pod)
        .filter((address) => routes.some((route) => (route.range.family === 6) === address.includes(':')))
        .map((address) => ({ pod, address, route: lookUp(routes, address) })),
    );
    const out = routes.find(isDefault)?.hops[0]?.device;
    const lost = looked.filter(({ route }) => !isLocal(route, out));
    // Where no pod has a route of its own the plugin works otherwise (other tables, the cloud's network).
    const sure = lost.filter(({ route }) => route !== undefined && route.type !== 'unicast' && !isDefault(route));
    const told = lost.length < looked.length || isExpected(index, routes) ? lost : sure;
    const [first] = told;
    if (first === undefined) return [];
    const names = [...new Set(told.map(({ pod, address }) => `${podKey(pod)} (${address})`))];
    return [
      messages.CNI832.raise({
        ...about(dumps),
        args: { where: where(dumps), pods: joinNames(names, 2), count: names.length, instead: insteadOf(first.route) },
        evidence: told
          .slice(0, 5)
          .map(({ pod, address, route }) => ({
            fact: `${address} of pod ${podKey(pod)}: ${route === undefined ? 'no route' : formatRoute(route)}`,
            source: placeOf(dumps, route),
          }))
          .concat(strayBridge(index, dumps)),
      }),
    ];
  },
});

/**
 * Plugins whose pods are in a bridge with an address of its own, and kindnet and AWS, which write a route for each pod; a list
 * that was cut short (`dev flannel.1`) tells nothing.
 */
const SURE: ReadonlySet<string> = new Set(['Flannel', 'kube-router', 'kubenet', 'Weave Net', 'kindnet', 'AWS VPC CNI']);

function isExpected(index: ClusterIndex, routes: readonly Route[]): boolean {
  if (!routes.some((route) => isDefault(route) && route.table === 'main')) return false;
  const { primary } = detectNetwork(index);
  return primary === undefined ? unknownNetwork(index)?.byHand === true : SURE.has(primary.name);
}

/** The bridge of the pods without an address of the node's range explains why their route is gone. */
function strayBridge(index: ClusterIndex, dumps: NodeDumps): readonly Evidence[] {
  const bridge = (dumps.links ?? []).find(({ name }) => isPodBridge(name));
  const told = (dumps.links ?? []).some(({ addresses }) => addresses.length > 0);
  const node = index.get('Node', undefined, dumps.node ?? '');
  if (bridge === undefined || !told || node === undefined) return [];
  const ranges = podRangesOf(node);
  const own = bridge.addresses.filter((text) => !/^fe80:/i.test(text));
  const fits = own.some((text) => {
    const address = parseAddress(text.split('/')[0]);
    return address !== undefined && ranges.some(({ range }) => inRange(range, address));
  });
  if (fits || ranges.length === 0) return [];
  const what = own.length === 0 ? 'has no address' : `has ${own.join(', ')}`;
  const part = dumpOf(dumps, 'links');
  const fact = `${bridge.name} ${what}; the range of the node is ${ranges.map(({ text }) => text).join(', ')}`;
  return [{ fact, source: place(dumps, part, bridge.line) }];
}

/** Two bridges with one range: the kernel asks the first route, and pods behind the other bridge hear nothing. */
function onTwoBridges(index: ClusterIndex, dumps: NodeDumps): readonly Finding[] {
  const node = index.get('Node', undefined, dumps.node ?? '');
  const ranges = node === undefined ? [] : podRangesOf(node).map(({ text }) => text);
  const own = (dumps.routes ?? []).filter(
    ({ destination, type, table, dead, hops }) =>
      ranges.includes(destination) && type === 'unicast' && table === 'main' && !dead && hops[0]?.via === undefined,
  );
  const used = lookUp(dumps.routes ?? [], own[0]?.destination.split('/')[0] ?? '');
  const [first, second] = [used, own.find((route) => route !== used && route.destination === used?.destination)];
  const [wins, loses] = [first?.hops[0]?.device, second?.hops[0]?.device];
  if (first === undefined || second === undefined || wins === undefined || loses === undefined || wins === loses)
    return [];
  return [
    messages.CNI834.raise({
      ...about(dumps),
      args: { where: where(dumps), range: first.destination, wins, loses },
      evidence: [first, second].map((route) => ({ fact: formatRoute(route), source: placeOf(dumps, route) })),
    }),
  ];
}

/** `out` is the device by which packets leave the node: in the network there, or by a gateway, nobody comes to its own pods. */
function isLocal(route: Route | undefined, out: string | undefined): boolean {
  if (route === undefined || isDefault(route) || route.type !== 'unicast') return false;
  const [hop] = route.hops;
  const device = hop?.device ?? '';
  if (device === out && (hop?.via !== undefined || route.range.first !== route.range.last)) return false;
  // cilium_host and ovn-k8s-mp0 take packets of all pods; the tunnel of Flannel or Calico only those for other nodes.
  return !(
    wrappingOfInterface(device) !== undefined &&
    /^(flannel|vxlan\.calico|vxlan-v6\.calico|tunl0|wireguard)/.test(device)
  );
}

function insteadOf(route: Route | undefined): string {
  if (route === undefined) return 'there is none that fits';
  if (isDefault(route)) return 'packets to them leave by the default route';
  return route.type === 'unicast'
    ? `packets to them go ${formatRoute(route)}`
    : `packets to them meet the route ${formatRoute(route)} and are dropped`;
}
