import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { Pod } from '../../model/objects-pod.ts';
import { isFinished, isTerminating, podAddresses, podKey } from '../../model/pods.ts';
import { nameOf, namespaceOf } from '../../model/refs.ts';
import { endpointRows } from '../../model/services.ts';
import { formatAddress } from '../../util/addresses.ts';
import { detectNetwork } from '../cni/detect.ts';
import { nodeAddresses, podRangesOf } from '../nodes.ts';
import { expectedPorts } from '../proxy/expected.ts';
import type { Packet } from './match.ts';
import type { Witness } from './obstacles.ts';

/** A place that packets are sent to: an endpoint of a Service. */
interface Goal {
  readonly address: string;
  readonly port: number;
  readonly protocol: Packet['protocol'];
  readonly node: string | undefined;
  readonly host: boolean;
  readonly who: string;
}

interface Sender {
  readonly address: string;
  readonly node: string;
  readonly who: string;
}

const MOST_GOALS = 2000;
const MOST_SENDERS = 500;
/** Senders tried for each endpoint. */
const PER_GOAL = 2;
/** Ports of tunnels between nodes: Flannel's VXLAN, that of Calico, Geneve, WireGuard of Calico, Cilium and Flannel. */
const TUNNEL_PORTS: readonly (readonly [RegExp, number, string, Packet['protocol']?])[] = [
  [/^flannel(-v6)?\.\d+$/, 8472, 'VXLAN'],
  [/^vxlan(-v6)?\.calico$/, 4789, 'VXLAN'],
  [/^cilium_vxlan$/, 8472, 'VXLAN'],
  [/^genev_sys_\d+$/, 6081, 'Geneve'],
  [/^cilium_geneve$/, 6081, 'Geneve'],
  [/^wireguard\.cali$/, 51_820, 'WireGuard'],
  [/^cilium_wg0$/, 51_871, 'WireGuard'],
  [/^flannel\.ipip$/, 0, 'IP in IP', 'ipip'],
];
/** The tunnel of Calico: its interface is there on any machine where the module is loaded, used or not. */
const IPIP: (typeof TUNNEL_PORTS)[number] = [/^tunl0$/, 0, 'IP in IP', 'ipip'];

/** What a dump tells of links: the one a packet to (or from) an address uses, and all names. */
export interface Links {
  readonly towards: (address: string) => string | undefined;
  readonly names: readonly string[];
}

/**
 * Packets that a node must let pass for pods and Services to work: between its pods and endpoints elsewhere, to its own
 * endpoints, to the addresses of Services, and those of the tunnel between the nodes.
 */
export function witnessesFor(index: ClusterIndex, node: string, family: 4 | 6, links: Links): readonly Witness[] {
  const all = goals(index, family);
  const local = senders(index, family, (pod) => pod.spec?.nodeName === node);
  const remote = senders(index, family, (pod) => pod.spec?.nodeName !== undefined && pod.spec.nodeName !== node);
  const result: Witness[] = [];
  const add = (sender: Sender, goal: Goal): void => {
    const packet = packetOf(sender, goal, links);
    const local = goal.node === node && goal.host;
    const hook = local ? 'input' : 'forward';
    const what = `packets from ${sender.who} to ${goal.who}`;
    result.push({ hook, packet: local ? { ...packet, out: undefined, local } : packet, what });
    result.push({ hook: 'prerouting', packet: { ...packet, out: undefined, local }, what });
  };
  const here = all.filter((goal) => goal.node === node);
  const elsewhere = all.filter((goal) => goal.node !== undefined && goal.node !== node);
  for (const goal of here) for (const sender of remote.slice(0, PER_GOAL)) add(sender, goal);
  for (const goal of elsewhere) for (const sender of local.slice(0, PER_GOAL)) add(sender, goal);
  // Rules may be about one pod: each of them sends once in each direction.
  const [inner] = here;
  const [outer] = elsewhere;
  if (inner !== undefined) for (const sender of remote.slice(PER_GOAL, MOST_SENDERS)) add(sender, inner);
  if (outer !== undefined) for (const sender of local.slice(PER_GOAL, MOST_SENDERS)) add(sender, outer);
  return [
    ...result,
    ...fromNode(index, node, family, here, links),
    ...towardsServices(index, family, local, links),
    ...tunnelPackets(index, node, family, links),
  ];
}

function packetOf(sender: Sender, goal: Goal, links: Links): Packet {
  return {
    protocol: goal.protocol,
    source: sender.address,
    destination: goal.address,
    port: goal.port,
    in: links.towards(sender.address),
    out: links.towards(goal.address),
  };
}

function senders(index: ClusterIndex, family: 4 | 6, wanted: (pod: Pod) => boolean): readonly Sender[] {
  return index.list('Pod').flatMap((pod): readonly Sender[] => {
    if (!wanted(pod) || !isOnNetwork(pod)) return [];
    const address = addressOf(pod, family);
    return address === undefined
      ? []
      : [{ address, node: pod.spec?.nodeName ?? '', who: `pod ${podKey(pod)} (${address})` }];
  });
}

function isOnNetwork(pod: Pod): boolean {
  return pod.spec?.hostNetwork !== true && !isFinished(pod) && !isTerminating(pod) && pod.status?.phase === 'Running';
}

function addressOf(pod: Pod, family: 4 | 6): string | undefined {
  return podAddresses(pod).find((address) => address.includes(':') === (family === 6));
}

function goals(index: ClusterIndex, family: 4 | 6): readonly Goal[] {
  return index.memo(`datapath/goals/${family}`, () => {
    const found = new Map<string, Goal>();
    const addresses = nodeAddresses(index);
    for (const service of index.list('Service')) {
      for (const row of endpointRows(index, service)) {
        const [address] = row.addresses;
        if (address === undefined || !row.ready || address.includes(':') !== (family === 6)) continue;
        for (const { port, protocol = 'TCP' } of row.ports) {
          if (port === undefined || port === null || found.size >= MOST_GOALS) continue;
          const kind = protocol.toLowerCase();
          const pod = row.pod;
          const who = pod === undefined ? `endpoint ${address}` : `pod ${podKey(pod)}`;
          found.set(`${address}/${kind}/${port}`, {
            address,
            port,
            protocol: kind === 'udp' || kind === 'sctp' ? kind : 'tcp',
            node: row.endpoint.nodeName ?? pod?.spec?.nodeName,
            host: pod?.spec?.hostNetwork === true || addresses.has(address),
            who: `${who} (${address}:${port}/${protocol})`,
          });
        }
      }
    }
    return [...found.values()];
  });
}

/** Requests to ClusterIPs, before their address is translated. */
function towardsServices(
  index: ClusterIndex,
  family: 4 | 6,
  local: readonly Sender[],
  links: Links,
): readonly Witness[] {
  const [sender] = local;
  if (sender === undefined) return [];
  return expectedPorts(index, family)
    .filter(({ known }) => [...known.values()].some(({ ready }) => ready))
    .slice(0, MOST_GOALS)
    .map(({ address, key, service }) => {
      const [, protocol = 'tcp', port = '0'] = key.split('/');
      return {
        hook: 'prerouting' as const,
        packet: {
          protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
          source: sender.address,
          destination: address,
          port: Number(port),
          in: links.towards(sender.address),
        },
        what: `packets from ${sender.who} to Service ${namespaceOf(service)}/${nameOf(service)} (${address}:${port}/${protocol.toUpperCase()})`,
      };
    });
}

/** What the node itself sends to its pods, as the kubelet does with probes, and what comes back. */
function fromNode(
  index: ClusterIndex,
  node: string,
  family: 4 | 6,
  here: readonly Goal[],
  links: Links,
): readonly Witness[] {
  const ranges = podRangesOf(index.get('Node', undefined, node) ?? {});
  const range = ranges.find((entry) => entry.range.family === family)?.range;
  // The node speaks to its pods with the address of their bridge, which is the first of its range.
  const own = range === undefined ? '' : formatAddress({ family, value: range.first + 1n });
  const pods = here.filter(({ host }) => !host).slice(0, MOST_SENDERS);
  return pods.flatMap(({ address, port, protocol, who }): readonly Witness[] => {
    const link = links.towards(address);
    const there = { protocol, source: own, destination: address, port, out: link };
    const back = { protocol, source: address, destination: own, port, in: link, local: true, answer: true };
    return [
      { hook: 'output', packet: there, what: `packets from the node itself, such as probes, to ${who}` },
      { hook: 'input', packet: back, what: `what ${who} answers to the node itself, such as to probes` },
    ];
  });
}

/** Packets of the tunnel from and to every other node, where a link of the dump or an annotation tells of one. */
function tunnelPackets(index: ClusterIndex, node: string, family: 4 | 6, links: Links): readonly Witness[] {
  const tunnels = TUNNEL_PORTS.filter(([form]) => links.names.some((name) => form.test(name)));
  const byAnnotation = index
    .list('Node')
    .some((entry) => entry.metadata?.annotations?.['flannel.alpha.coreos.com/backend-type'] === 'vxlan');
  const { primary } = detectNetwork(index);
  const ipip = family === 4 && primary?.name === 'Calico' && primary.encapsulations[0]?.value.wrapping === 'ipip';
  const used = [
    ...(tunnels.length > 0 ? tunnels : byAnnotation ? TUNNEL_PORTS.slice(0, 1) : []),
    ...(ipip ? [IPIP] : []),
  ];
  const own = [...nodeAddresses(index)].find(
    ([address, name]) => name === node && address.includes(':') === (family === 6),
  );
  if (own === undefined) return [];
  return [...nodeAddresses(index)]
    .filter(([address, name]) => name !== node && address.includes(':') === (family === 6))
    .flatMap(([address, name]) =>
      used.flatMap(([, port, kind, protocol = 'udp']) => {
        const to = port === 0 ? '' : `port ${port}/${protocol.toUpperCase()} of `;
        return [
          ...(['input', 'prerouting'] as const).map((hook) => ({
            hook,
            packet: {
              protocol,
              source: address,
              destination: own[0],
              port,
              in: links.towards(address),
              local: true,
            },
            what: `${kind} packets from node ${name} (${address}) to ${to}this node`,
          })),
          {
            hook: 'output' as const,
            packet: { protocol, source: own[0], destination: address, port, out: links.towards(address) },
            what: `${kind} packets of this node to ${to}node ${name} (${address})`,
          },
        ];
      }),
    );
}
