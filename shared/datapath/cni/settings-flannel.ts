import type { ClusterIndex } from '../../model/cluster-index.ts';
import type { Node } from '../../model/objects.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf } from '../../model/refs.ts';
import { configMaps, entryOf, imageVersion, parseJson, positive, some } from './config-text.ts';
import type { Encapsulation, PluginSettings, Told } from './setup.ts';

/** Flannel's net-conf.json (flannel-io/flannel Documentation/configuration.md). */
export interface FlannelNetwork {
  readonly Network?: string;
  readonly IPv6Network?: string;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly EnableNFTables?: boolean;
  readonly SubnetLen?: number;
  readonly Backend?: { readonly Type?: string; readonly MTU?: number; readonly Port?: number; readonly VNI?: number };
}

/** What kube-flannel-cfg or canal-config say, with the place; undefined when neither was read or it is no JSON. */
export function flannelNetwork(index: ClusterIndex): Told<FlannelNetwork> | undefined {
  for (const map of [
    ...configMaps(index, 'kube-flannel-cfg'),
    ...configMaps(index, 'canal-config'),
    ...configMaps(index, 'flannel-cfg'),
  ]) {
    const text = entryOf(map, 'net-conf.json');
    const value = parseJson(text?.value);
    if (text !== undefined && value !== undefined) return { value: value as FlannelNetwork, source: text.source };
  }
  return undefined;
}

export const FLANNEL = 'flannel.alpha.coreos.com/';

/** The backend that a node's flannel announced: `vxlan`, `host-gw`, `wireguard`. */
export function flannelBackend(node: Node): string | undefined {
  return node.metadata?.annotations?.[`${FLANNEL}backend-type`];
}

/** Flannel's settings: version, backend, encryption and MTU, each with the place where it was read. */
export function flannelSettings(index: ClusterIndex, sets: readonly Workload[]): PluginSettings {
  const network = flannelNetwork(index);
  const backends = backendsOf(index, network);
  const encrypted = backends.find(({ value }) => value === 'wireguard' || value === 'ipsec');
  return {
    ...some('version', imageVersion(sets, /flannel(?!-cni)/)),
    encapsulations: backends.map(({ value, source }) => ({ value: encapsulationOf(value, network?.value), source })),
    ...some('mtu', mtuOf(index, network)),
    ...some('encryption', encrypted as PluginSettings['encryption']),
    ipam: { value: 'podCIDR', source: "flannel --kube-subnet-mgr takes each node's spec.podCIDR" },
    podRanges: [network?.value.Network, network?.value.IPv6Network].flatMap((value) =>
      value === undefined || value === '' ? [] : [{ value, source: network?.source ?? '' }],
    ),
  };
}

/** From nodes, where they are known to be in force; else as configured. */
function backendsOf(index: ClusterIndex, network: Told<FlannelNetwork> | undefined): readonly Told<string>[] {
  const byType = new Map<string, string>();
  for (const node of index.list('Node')) {
    const type = flannelBackend(node)?.toLowerCase();
    if (type !== undefined && !byType.has(type)) byType.set(type, nameOf(node));
  }
  if (byType.size > 0) {
    return [...byType].map(([value, name]) => ({ value, source: `Node ${name} annotation ${FLANNEL}backend-type` }));
  }
  const type = network?.value.Backend?.Type?.toLowerCase();
  return type === undefined ? [] : [{ value: type, source: network?.source ?? '' }];
}

function encapsulationOf(type: string, network: FlannelNetwork | undefined): Encapsulation {
  const direct = (network?.Backend as { readonly DirectRouting?: boolean } | undefined)?.DirectRouting === true;
  const when = direct ? 'crossSubnet' : 'always';
  if (type === 'vxlan' || type === 'ipip' || type === 'udp') return { wrapping: type, when };
  // host-gw, alloc, and the encrypting backends, whose wrapping is told as encryption.
  return { wrapping: 'none', when: 'always' };
}

function mtuOf(index: ClusterIndex, network: Told<FlannelNetwork> | undefined): Told<number> | undefined {
  const set = positive(network?.value.Backend?.MTU);
  if (set !== undefined) return { value: set, source: `${network?.source ?? ''} Backend.MTU` };
  const canal = entryOf(configMaps(index, 'canal-config')[0], 'veth_mtu');
  const value = positive(canal?.value);
  return canal === undefined || value === undefined ? undefined : { value, source: canal.source };
}
