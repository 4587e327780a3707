import { serviceRanges } from '../../../../shared/datapath/cni/cluster-ranges.ts';
import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { expectedPorts } from '../../../../shared/datapath/proxy/expected.ts';
import { lookUp } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { rulesRoutesMessages as messages } from '../../messages/rules-routes.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { formatRoute, placeOf, takeAway } from './route-words.ts';
import { about, where } from './words.ts';

/**
 * The kernel looks for a route before kube-proxy's rules see a packet of the node itself (netfilter's hook OUTPUT comes
 * after the first routing decision), so that without any way to a ClusterIP nothing is sent at all.
 */
export const serviceRoute = defineCheck<NodeDumps>({
  id: 'netcni/service-route',
  group: 'routes',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Service', 'EndpointSlice'],
  applies: ({ routes, node }, { index }) =>
    // In mode ipvs each ClusterIP is an address of the node.
    routes !== undefined &&
    node !== undefined &&
    proxyReplacement(index) === undefined &&
    kubeProxySetup(index).mode?.value !== 'ipvs',
  run: (dumps, { index }) => ([4, 6] as const).flatMap((family) => judge(index, dumps, family)),
});

function judge(index: ClusterIndex, dumps: NodeDumps, family: 4 | 6): readonly Finding[] {
  const { routes = [], node } = dumps;
  const [service] = expectedPorts(index, family);
  const own = [...nodeAddresses(index)].find(
    ([address, name]) => name === node && address.includes(':') === (family === 6),
  );
  if (service === undefined || own === undefined) return [];
  // A list that holds the network of the node, with its device, was not cut down to something else.
  const device = lookUp(routes, own[0])?.hops[0]?.device;
  const route = lookUp(routes, service.address);
  if (device === undefined || route?.type === 'unicast') return [];
  const range = rangeOf(index, service.address);
  const title = `on ${where(dumps)}: give these packets a way, on which kube-proxy's rules meet them`;
  return [
    messages.CNI833.raise({
      ...about(dumps),
      args: {
        where: where(dumps),
        range,
        why: route === undefined ? 'there is no default route either' : `the route ${formatRoute(route)} is in the way`,
        fix:
          route === undefined
            ? [{ title, command: `ip route add ${range} dev ${device}`, risk: 'low', undo: `ip route del ${range}` }]
            : takeAway(dumps, route),
      },
      evidence: [
        {
          fact: route === undefined ? `no route for ${service.address}` : formatRoute(route),
          source: placeOf(dumps, route),
        },
        { fact: `ClusterIP ${service.address}`, source: `Service ${service.name}` },
      ],
    }),
  ];
}

/** The range that a ClusterIP is of, or itself where nobody tells. */
function rangeOf(index: ClusterIndex, text: string): string {
  const address = parseAddress(text);
  const told = serviceRanges(index).find(({ value }) => {
    const range = parseCidr(value);
    return range !== undefined && address !== undefined && inRange(range, address);
  });
  return told?.value ?? text;
}
