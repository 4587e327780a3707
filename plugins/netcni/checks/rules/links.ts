import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Link } from '../../../../shared/datapath/dump/links.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { layerOf, wrappingOfInterface } from '../../../../shared/datapath/mtu-headers.ts';
import { nodeAddresses } from '../../../../shared/datapath/nodes.ts';
import { isDefault } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { rulesPacketsMessages as messages } from '../../messages/rules-packets.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { expectedLinks, GATEWAY } from './expected-links.ts';
import { about, dumpOf, isPodBridge, place, where } from './words.ts';

/** Tunnels whose MTU is what pods must keep to. Those of Cilium and Open vSwitch carry any size by design. */
const MEASURED = /^(flannel\.\d+|flannel\.ipip|flannel-wg|vxlan\.calico|tunl0|wireguard\.cali)$/;
/** Tunnels that must be up where they exist. Fallback devices such as tunl0 exist unused. */
const MUST_BE_UP =
  /^(flannel(-v6)?\.\d+|flannel\.ipip|flannel-wg(-v6)?|vxlan(-v6)?\.calico|cilium_vxlan|cilium_geneve|cilium_wg0|genev_sys_\d+|antrea-tun0|antrea-gw0|ovn-k8s-mp0|cilium_host|wireguard\.cali)$/;

/** Interfaces of the pod network: up, and with an MTU that fits. */
export const links = defineCheck<NodeDumps>({
  id: 'netcni/links',
  group: 'interfaces',
  needs: [],
  uses: AGENT_USES,
  applies: (dumps) => dumps.links !== undefined,
  run: (dumps, { index }) => [...down(index, dumps), ...mtus(index, dumps)],
});

function down(index: ClusterIndex, dumps: NodeDumps): readonly Finding[] {
  const all = dumps.links ?? [];
  const fix = restartAgent(index, dumps.node);
  const raise = (link: string, what: string, effect: string, line: number, remedy = fix): Finding =>
    messages.CNI835.raise({
      ...about(dumps),
      args: { where: where(dumps), link, what, effect, fix: remedy },
      evidence: [{ fact: `${link} ${what}`, source: place(dumps, dumpOf(dumps, 'links'), line) }],
    });
  const stopped = all.flatMap((link) => {
    if (link.flags.includes('UP') && link.state !== 'DOWN') return [];
    if (MUST_BE_UP.test(link.name) || (link.name === 'tunl0' && usesIpip(index)))
      return [raise(link.name, 'is down', effectOf(link.name), link.line)];
    // A bridge without any pod has no carrier, which is no fault; without the flag UP somebody switched it off.
    if (link.flags.includes('UP')) return [];
    // No agent looks after these once a pod has them.
    const switchOn = [switchedOn(link.name)];
    if (isPodBridge(link.name)) return [raise(link.name, 'is down', 'its pods reach nobody', link.line, switchOn)];
    return isOfPod(link) ? [raise(link.name, 'of a pod is down', 'that pod reaches nobody', link.line, switchOn)] : [];
  });
  return [...stopped, ...absent(index, dumps, all, raise)];
}

function switchedOn(link: string): Fix {
  const set = `ip link set ${link}`;
  return { title: 'on the node: switch it on', command: `${set} up`, risk: 'low', undo: `${set} down` };
}

/** By some the node itself speaks to its pods, and the tunnel is another. */
function effectOf(link: string): string {
  return /^(ovn-k8s-mp0|antrea-gw0|cilium_host)$/.test(link) ? GATEWAY : 'its pods reach no pod on other nodes';
}

/** The node's end of a pod's interface. */
function isOfPod({ name, master }: Link): boolean {
  return (name.startsWith('veth') && isPodBridge(master ?? '')) || /^(cali|lxc)[0-9a-f]{5,}$/.test(name);
}

function usesIpip(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  return primary?.name === 'Calico' && primary.encapsulations.some(({ value }) => value.wrapping === 'ipip');
}

/** What the plugin makes on every node, and a whole list of interfaces lacks. */
function absent(
  index: ClusterIndex,
  dumps: NodeDumps,
  all: readonly Link[],
  raise: (link: string, what: string, effect: string, line: number) => Finding,
): readonly Finding[] {
  const node = dumps.node === undefined ? undefined : index.get('Node', undefined, dumps.node);
  if (node === undefined || !all.some(({ name }) => name === 'lo')) return [];
  return expectedLinks(index, node)
    .filter(({ shape }) => !all.some(({ name }) => shape.test(name)))
    .map(({ link, effect }) => raise(link, 'does not exist', effect, 0));
}

function mtus(index: ClusterIndex, dumps: NodeDumps): readonly Finding[] {
  const all = dumps.links ?? [];
  const tunnels = all.filter((link) => MEASURED.test(link.name) && link.flags.includes('UP') && link.mtu !== undefined);
  return tunnels.flatMap((tunnel) => [...tunnelTooLarge(index, dumps, tunnel), ...podsTooLarge(dumps, tunnel)]);
}

function tunnelTooLarge(index: ClusterIndex, dumps: NodeDumps, tunnel: Link): readonly Finding[] {
  const under = underlayOf(index, dumps, tunnel);
  const wrapping = wrappingOfInterface(tunnel.name);
  if (under?.mtu === undefined || wrapping === undefined) return [];
  const outer = tunnel.vxlan?.local?.includes(':') === true ? 6 : 4;
  const layer = layerOf(wrapping, outer);
  const fits = under.mtu - layer.bytes;
  const mtu = tunnel.mtu ?? 0;
  if (mtu <= fits) return [];
  return [
    messages.CNI836.raise({
      ...about(dumps),
      args: { where: where(dumps), link: tunnel.name, mtu, fits, over: `${under.name} (MTU ${under.mtu})` },
      fixes: restartAgent(index, dumps.node),
      evidence: [
        { fact: `${tunnel.name} MTU ${mtu}`, source: place(dumps, dumpOf(dumps, 'links'), tunnel.line) },
        { fact: `${under.name} MTU ${under.mtu}`, source: place(dumps, dumpOf(dumps, 'links'), under.line) },
        { fact: `${wrapping} takes ${layer.bytes}: ${layer.parts}`, source: 'arithmetic' },
      ],
    }),
  ];
}

/** The interface the tunnel's packets leave by: it says so itself, or it is the one with the node's address. */
function underlayOf(index: ClusterIndex, dumps: NodeDumps, tunnel: Link): Link | undefined {
  const all = dumps.links ?? [];
  const byName = (name: string | undefined): Link | undefined => all.find((link) => link.name === name);
  const own = [...nodeAddresses(index)].filter(([, name]) => name === dumps.node).map(([address]) => address);
  return (
    byName(tunnel.vxlan?.device) ??
    all.find((link) => link.addresses.some((address) => own.includes(address.split('/')[0] ?? ''))) ??
    byName(dumps.routes?.find(isDefault)?.hops[0]?.device)
  );
}

function podsTooLarge(dumps: NodeDumps, tunnel: Link): readonly Finding[] {
  const flannel = tunnel.name.startsWith('flannel');
  const pods = (dumps.links ?? []).filter((link) =>
    flannel ? link.name.startsWith('veth') && isPodBridge(link.master ?? '') : link.name.startsWith('cali'),
  );
  const large = pods.filter((link) => (link.mtu ?? 0) > (tunnel.mtu ?? 0));
  const [first] = large;
  if (first?.mtu === undefined) return [];
  return [
    messages.CNI837.raise({
      ...about(dumps),
      args: {
        where: where(dumps),
        links: joinNames(
          large.map(({ name }) => name),
          2,
        ),
        count: large.length,
        mtu: first.mtu,
        tunnel: tunnel.name,
        fits: tunnel.mtu ?? 0,
      },
      evidence: [
        ...large.slice(0, 3).map(({ name, mtu, line }) => ({
          fact: `${name} MTU ${mtu}`,
          source: place(dumps, dumpOf(dumps, 'links'), line),
        })),
        { fact: `${tunnel.name} MTU ${tunnel.mtu}`, source: place(dumps, dumpOf(dumps, 'links'), tunnel.line) },
      ],
    }),
  ];
}
