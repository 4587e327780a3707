import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Route } from '../../../../shared/datapath/dump/routes.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { strayFlannelAddresses } from '../../../../shared/datapath/flannel-addresses.ts';
import { flannelOf, nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { podRangesByNode } from '../../../../shared/datapath/pod-ranges.ts';
import { isDefault, lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { isFinished, podAddresses } from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { type AddressRange, countAddresses, coversRange, formatAddress } from '../../../../shared/util/addresses.ts';
import { downNodes } from '../../facts/nodes.ts';
import { unknownNetwork } from '../../facts/unknown-network.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { type Lost, missing, wrong } from './pod-route-findings.ts';

/** A node that has just come may be unknown to the others. */
const YOUNG_MS = 60_000;

/** A route to the pods of every other node, as the plugin writes it. */
export const podRoutes = defineCheck<NodeDumps>({
  id: 'netcni/pod-routes',
  group: 'routes',
  needs: ['Node'],
  uses: [...AGENT_USES, 'CiliumNode', 'BGPConfiguration'],
  applies: ({ routes, node }) => routes !== undefined && node !== undefined,
  run: (dumps, { index, now }) => {
    const { routes = [], node } = dumps;
    // Routes to a node that is down vanish with it where BGP makes them.
    const others = index
      .list('Node')
      .filter(
        (other) =>
          nameOf(other) !== node &&
          !downNodes(index).has(nameOf(other)) &&
          now - Date.parse(other.metadata?.creationTimestamp ?? '') > YOUNG_MS,
      );
    const ranges = podRangesByNode(index);
    const targets = others.flatMap((other) =>
      (ranges.get(nameOf(other))?.ranges ?? []).map((entry) => ({ other, ...entry })),
    );
    const lost: Lost[] = [];
    const ways = targets.flatMap(({ other, text, range }): readonly Finding[] => {
      if (!routes.some((route) => route.range.family === range.family)) return [];
      const route = lookUp(routes, inside(range));
      if (route === undefined || isDefault(route) || route.type !== 'unicast') {
        const sure = route !== undefined && route.type !== 'unicast' && !isDefault(route);
        if (sure || isExpected(index, routes, targets, other)) lost.push({ other, range: text, route, sure: true });
        // Nodes that nobody in the cluster joins reach each other by routes of their own, or by a router that knows them.
        else if (unknownNetwork(index)?.byHand === true)
          lost.push({ other, range: text, route, sure: route === undefined });
        return [];
      }
      const what = wrongHop(index, dumps, other, range, route);
      return what === undefined ? [] : [wrong(index, dumps, other, text, route, what)];
    });
    return [...missing(index, dumps, lost), ...ways, ...strays(index, dumps, targets)];
  },
});

/** Routes to a part of another node's range, which win over that to the whole; only where a pod lives there. */
function strays(
  index: ClusterIndex,
  dumps: NodeDumps,
  targets: readonly { readonly other: Node; readonly range: AddressRange }[],
): readonly Finding[] {
  const narrow = (dumps.routes ?? []).flatMap((route) => {
    const holder = targets.find(({ range }) => isPartOf(route.range, range));
    return holder === undefined || route.dead || route.table !== 'main' ? [] : [{ route, ...holder }];
  });
  if (narrow.length === 0) return [];
  const pods = index.list('Pod').filter((pod) => pod.spec?.hostNetwork !== true && !isFinished(pod));
  return narrow.flatMap(({ route, other, range }): readonly Finding[] => {
    const tried = inside(range);
    const found = pods
      .filter((pod) => pod.spec?.nodeName === nameOf(other))
      .flatMap(podAddresses)
      .some((text) => lookUp(dumps.routes ?? [], text) === route);
    if (!found || lookUp(dumps.routes ?? [], tried) === route) return [];
    if (route.type !== 'unicast')
      return missing(index, dumps, [{ other, range: route.destination, route, sure: true }]);
    const what = wrongHop(index, dumps, other, range, route);
    return what === undefined ? [] : [wrong(index, dumps, other, route.destination, route, what)];
  });
}

function isPartOf(part: AddressRange, whole: AddressRange): boolean {
  return coversRange(whole, part) && countAddresses(part) < countAddresses(whole);
}

/** An address of a range that a pod might have. */
function inside(range: AddressRange): string {
  const value = range.last > range.first + 1n ? range.first + 2n : range.last;
  return formatAddress({ family: range.family, value });
}

/**
 * Whether this plugin writes routes for pod ranges at all: Flannel, Canal and kindnet do; for others (Calico by blocks,
 * Cilium with a tunnel) a route to the range of another node shows it. Clouds route pod ranges themselves.
 */
function isExpected(
  index: ClusterIndex,
  routes: readonly Route[],
  targets: readonly { readonly text: string }[],
  other: Node,
): boolean {
  if (flannelOf(other, 4) !== undefined) return true;
  if (writesRoutes(index) && routes.some((route) => isDefault(route) && route.table === 'main')) return true;
  return targets.some(({ text }) => routes.some((route) => route.destination === text && route.type === 'unicast'));
}

/**
 * Plugins of which every node has a route to each other node, in a list that was not cut short. Calico's come by the
 * mesh of BGP, or from Felix for VXLAN; with peers of one's own the router may tell less.
 */
function writesRoutes(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  if (primary?.name === 'kindnet' || primary?.name === 'OVN-Kubernetes') return true;
  if (primary?.name === 'Antrea') return primary.encapsulations.some(({ value }) => value.wrapping !== 'none');
  if (primary?.name !== 'Calico' || primary.dataplane?.value === 'eBPF') return false;
  const mesh = index.get('BGPConfiguration', undefined, 'default')?.spec?.nodeToNodeMeshEnabled !== false;
  return mesh && primary.encapsulations.some(({ value }) => value.wrapping !== 'none');
}

/** What is wrong with the next hop; undefined when it is that node, or the plugin's own device leads there. */
function wrongHop(
  index: ClusterIndex,
  dumps: NodeDumps,
  other: Node,
  range: AddressRange,
  route: Route,
): string | undefined {
  const [hop] = route.hops;
  if (route.hops.length !== 1 || hop?.via === undefined) return undefined;
  const owner = nodeAddresses(index).get(hop.via);
  if (owner === nameOf(other)) return undefined;
  if (owner !== undefined) return `leads to node ${owner} (${hop.via})`;
  const mute = dumps.neighbours?.find(({ address, state }) => address === hop.via && /FAILED|INCOMPLETE/.test(state));
  if (mute !== undefined) return `leads to ${hop.via}, where nobody answers (ip neigh: ${mute.state})`;
  const flannel = flannelOf(other, range.family);
  if (flannel === undefined) return undefined;
  if (hop.via === flannel.publicAddress) {
    const stray = strayFlannelAddresses(index).some(({ name }) => name === nameOf(other));
    return stray ? `leads to ${hop.via}, which its Flannel announced and the node does not have` : undefined;
  }
  if (/^flannel/.test(hop.device ?? '')) {
    // Flannel's tunnel is addressed by the first address of the other node's range.
    return hop.via === formatAddress({ family: range.family, value: range.first })
      ? undefined
      : `leads into the tunnel to ${hop.via}, which is not in that range`;
  }
  return nodeAddresses(index).size === 0 ? undefined : `leads to ${hop.via}, which is no address of that node`;
}
