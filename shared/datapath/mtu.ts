/**
 * MTU arithmetic: how many bytes of a packet each encapsulation and encryption takes, and what is left for pods. All
 * sizes are bytes of the IP packet; the outer Ethernet header is no part of an MTU and is not counted.
 */

/** A header (or several) put around a packet of a pod. */
export type Wrapping = 'vxlan' | 'geneve' | 'ipip' | 'gre' | 'udp' | 'fou' | 'gue' | 'wireguard' | 'ipsec';

/** The IP family of the outer packet, which is that of the nodes' addresses, not that of the pods'. */
export type OuterFamily = 4 | 6;

/** One wrapping with what it takes. */
export interface Layer {
  readonly wrapping: Wrapping;
  readonly bytes: number;
  /** What the bytes are: `IPv4 20 + UDP 8 + VXLAN 8 + inner Ethernet 14`. */
  readonly parts: string;
}

/** Sizes of headers. RFC 791, 8200, 768, 7348 (VXLAN), 8926 (Geneve, without options), 2784 and 2890 (GRE with a key). */
const IPV4 = 20;
const IPV6 = 40;
const UDP = 8;
const INNER_ETHERNET = 14;

/** What follows the outer IP header. */
const INNER: Readonly<Record<Exclude<Wrapping, 'ipsec'>, readonly (readonly [string, number])[]>> = {
  vxlan: [
    ['UDP', UDP],
    ['VXLAN', 8],
    ['inner Ethernet', INNER_ETHERNET],
  ],
  geneve: [
    ['UDP', UDP],
    ['Geneve', 8],
    ['inner Ethernet', INNER_ETHERNET],
  ],
  ipip: [],
  gre: [
    ['GRE with key', 8],
    ['inner Ethernet', INNER_ETHERNET],
  ],
  udp: [['UDP', UDP]],
  fou: [['UDP', UDP]],
  gue: [
    ['UDP', UDP],
    ['GUE', 4],
  ],
  wireguard: [
    ['UDP', UDP],
    ['WireGuard', 32],
  ],
};

/** Cilium reserves this for ESP with keys of 128 bits (cilium/cilium pkg/mtu/mtu.go); Flannel the same. */
const IPSEC_TUNNEL = 77;
const IPSEC_USUAL_KEY = 16;
/** What Felix leaves on AKS (felix/dataplane/linux/int_dataplane.go, aksMTUOverhead): networks of Azure cut packets above 1400. */
const AZURE_CUT = 100;

/**
 * What one wrapping takes. `extra` are bytes of options: Geneve options (OVN 8, Cilium DSR 12), padding.
 * For IPsec it is the usual reservation of 77 bytes, whatever the family: the exact size varies with the ciphers.
 */
export function layerOf(wrapping: Wrapping, outer: OuterFamily, extra = 0): Layer {
  if (wrapping === 'ipsec') {
    return {
      wrapping,
      bytes: IPSEC_TUNNEL + extra,
      parts: 'outer IP, ESP header, IV, padding and check value, at most',
    };
  }
  const parts = [
    [outer === 4 ? 'IPv4' : 'IPv6', outer === 4 ? IPV4 : IPV6] as const,
    ...INNER[wrapping],
    ...(extra > 0 ? [['options', extra] as const] : []),
  ];
  return {
    wrapping,
    bytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0),
    parts: parts.map(([name, bytes]) => `${name} ${bytes}`).join(' + '),
  };
}

/** The network plugins whose way of reckoning is known. */
export type MtuPlugin =
  | 'calico'
  | 'canal'
  | 'cilium'
  | 'flannel'
  | 'antrea'
  | 'weave'
  | 'ovn-kubernetes'
  | 'kube-router'
  | 'kindnet'
  | 'aws-vpc-cni'
  | 'azure-cni'
  | 'other';

/** What is known of a cluster's network, as far as the MTU goes. */
export interface MtuSetup {
  readonly plugin: MtuPlugin;
  /** Encapsulations in use, all pools together; empty for routing without one. */
  readonly encapsulations: readonly Exclude<Wrapping, 'wireguard' | 'ipsec'>[];
  readonly encryption?: 'wireguard' | 'ipsec' | undefined;
  readonly outer: OuterFamily;
  /** Version of the plugin, `v1.19.5` or `1.19.5`, where it is known. */
  readonly version?: string | undefined;
  /** Cilium: bytes of the IPsec key; 16 unless given. */
  readonly ipsecKeyBytes?: number | undefined;
  /** Cilium: DSR with Geneve dispatch, which adds an option. */
  readonly geneveDsr?: boolean | undefined;
  /** Calico with WireGuard for traffic of the nodes too, on Azure: packets above 1400 bytes are cut there, and may not be. */
  readonly azureHosts?: boolean | undefined;
}

/** What a plugin takes off the MTU of the network between the nodes. */
export interface MtuOverhead {
  /** Bytes in all. */
  readonly bytes: number;
  /** The layers that count; more than one is a packet wrapped twice. */
  readonly layers: readonly Layer[];
  /**
   * True where the interfaces of pods keep the MTU of the nodes and the smaller one stands on routes (Cilium):
   * comparing the interfaces then proves nothing.
   */
  readonly onRoutes: boolean;
}

/**
 * The overhead of a setup, reckoned as the plugin does it.
 * Calico wraps a packet once, so its largest one counts (felix/dataplane/linux/int_dataplane.go); Cilium encrypts what
 * it has encapsulated, so both count (pkg/mtu/mtu.go); Antrea's WireGuard takes the place of its tunnel, its IPsec
 * comes on top (pkg/agent/config/node_config.go); Flannel's numbers do not depend on the family (pkg/backend).
 */
export function overheadOf(setup: MtuSetup): MtuOverhead {
  const layers = layersOf(setup);
  return { bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0), layers, onRoutes: setup.plugin === 'cilium' };
}

function layersOf(setup: MtuSetup): readonly Layer[] {
  const { plugin, encapsulations, encryption, outer } = setup;
  const tunnels = encapsulations.map((wrapping) => layerOf(wrapping, outer, optionsOf(setup, wrapping)));
  const tunnel = largest(tunnels);
  switch (plugin) {
    case 'calico':
      return largest(
        encryption === 'wireguard'
          ? [...tunnels, layerOf('wireguard', outer, setup.azureHosts ? AZURE_CUT : 0)]
          : tunnels,
      );
    case 'cilium':
      return [...tunnel, ...ciliumEncryption(setup)];
    case 'antrea':
      if (encryption === 'wireguard') return [layerOf('wireguard', outer)];
      return encryption === 'ipsec'
        ? [...tunnel, { wrapping: 'ipsec', bytes: 38, parts: 'ESP header and trailer, at most' }]
        : tunnel;
    case 'flannel':
    case 'canal':
      return flannelLayers(tunnels, encryption);
    default:
      return encryption === undefined ? tunnel : [...tunnel, layerOf(encryption, outer)];
  }
}

function optionsOf({ plugin, geneveDsr }: MtuSetup, wrapping: Wrapping): number {
  if (wrapping !== 'geneve') return 0;
  // OVN puts a logical port pair into an option of 8 bytes.
  if (plugin === 'ovn-kubernetes') return 8;
  return plugin === 'cilium' && geneveDsr === true ? 12 : 0;
}

function ciliumEncryption({ encryption, version, ipsecKeyBytes = IPSEC_USUAL_KEY }: MtuSetup): readonly Layer[] {
  if (encryption === 'ipsec') return [layerOf('ipsec', 4, ipsecKeyBytes - IPSEC_USUAL_KEY)];
  if (encryption !== 'wireguard') return [];
  // From 1.19.5 on the padding of WireGuard is counted as well (cilium/cilium#47176).
  const padding = isAtLeast(version, [1, 19, 5]) ? 15 : 0;
  return [layerOf('wireguard', 6, padding)];
}

/** Flannel takes the bytes of IPv4 for its tunnels and those of IPv6 for WireGuard, whatever the nodes speak. */
function flannelLayers(tunnels: readonly Layer[], encryption: MtuSetup['encryption']): readonly Layer[] {
  if (encryption === 'wireguard') return [layerOf('wireguard', 6)];
  if (encryption === 'ipsec') return [layerOf('ipsec', 4)];
  return largest(tunnels.map(({ wrapping }) => layerOf(wrapping, 4)));
}

function largest(layers: readonly Layer[]): readonly Layer[] {
  let best: Layer | undefined;
  for (const layer of layers) if (best === undefined || layer.bytes > best.bytes) best = layer;
  return best === undefined ? [] : [best];
}

/** Whether a version such as `v1.19.5-rc.1` is the given one or a later; false when it is unknown. */
function isAtLeast(version: string | undefined, wanted: readonly number[]): boolean {
  const parts = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? '');
  if (parts === null) return false;
  for (const [at, want] of wanted.entries()) {
    const have = Number(parts[at + 1] ?? 0);
    if (have !== want) return have > want;
  }
  return true;
}

/** The largest packet a pod may send so that it crosses a network of MTU `underlay` in one piece. */
export function podMtu(underlay: number, overhead: MtuOverhead): number {
  return underlay - overhead.bytes;
}

/** How a configured MTU compares with what fits. */
export type MtuJudgement =
  | { readonly result: 'fits' }
  /** Packets of full size do not cross: dropped, or cut in pieces where that is allowed. */
  | { readonly result: 'tooLarge'; readonly by: number }
  /** Everything works, each packet carries less than it could. */
  | { readonly result: 'smaller'; readonly by: number };

/** Compares the MTU of pods with what the network between the nodes lets through. */
export function judgeMtu(configured: number, fitting: number): MtuJudgement {
  if (configured > fitting) return { result: 'tooLarge', by: configured - fitting };
  return configured < fitting ? { result: 'smaller', by: fitting - configured } : { result: 'fits' };
}

/** The smallest MTU a link may have for a family to work on it at all (RFC 8200 section 5, RFC 791). */
export function smallestMtu(family: OuterFamily): number {
  return family === 6 ? 1280 : 576;
}

/** The payload of a full TCP segment without options: MTU minus IP and TCP headers. */
export function segmentSize(mtu: number, family: OuterFamily): number {
  return mtu - (family === 4 ? IPV4 : IPV6) - 20;
}

/** An MTU that the networks of a provider usually have, told from spec.providerID of a node. */
export interface UsualUnderlay {
  readonly mtu: number;
  readonly why: string;
  /** Whoever made the network could choose another one. */
  readonly chosen: boolean;
}

const PROVIDERS: readonly (readonly [RegExp, UsualUnderlay])[] = [
  [/^aws:/, { mtu: 9001, why: 'AWS instances have jumbo frames of 9001 within a VPC', chosen: false }],
  [/^gce:/, { mtu: 1460, why: 'networks of Google Cloud have 1460 unless changed', chosen: true }],
  [
    /^azure:/,
    {
      mtu: 1500,
      why: 'virtual networks of Azure have 1500; what is larger than 1400 may be cut in pieces',
      chosen: false,
    },
  ],
  [/^hcloud:/, { mtu: 1450, why: 'private networks of Hetzner Cloud have 1450', chosen: false }],
  [/^oci/, { mtu: 9000, why: 'instances of Oracle Cloud have 9000', chosen: false }],
];

/**
 * What the network of a node's provider usually carries, by its providerID and the address by which nodes reach it;
 * undefined where nothing is known. It proves nothing.
 */
export function usualUnderlay(providerID: string | undefined, address?: string): UsualUnderlay | undefined {
  // The public network of Hetzner Cloud is as wide as any.
  if (/^hcloud:/.test(providerID ?? '') && address !== undefined && !PRIVATE.test(address)) return undefined;
  return PROVIDERS.find(([form]) => form.test(providerID ?? ''))?.[1];
}

/** RFC 1918 and RFC 4193. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/i;

/** The wrapping that an interface made by a network plugin stands for, told from its name; undefined for others. */
export function wrappingOfInterface(name: string): Wrapping | undefined {
  return INTERFACES.find(([form]) => form.test(name))?.[1];
}

const INTERFACES: readonly (readonly [RegExp, Wrapping])[] = [
  [/^(flannel(-v6)?\.\d+|vxlan(-v6)?\.calico|cilium_vxlan|vxlan.*)$/, 'vxlan'],
  [/^(cilium_geneve|genev_sys_\d+|antrea-tun0)$/, 'geneve'],
  [/^vxlan_sys_\d+$/, 'vxlan'],
  [/^(tunl\d+|flannel\.ipip|tun-[0-9a-f]+|ip6tnl\d+|sit0)$/, 'ipip'],
  [/^(wireguard(-v6)?\.cali|wg-v6\.cali|cilium_wg0|flannel-wg(-v6)?|antrea-wg0|wg\d+)$/, 'wireguard'],
  [/^flannel\d+$/, 'udp'],
  [/^gre_sys$/, 'gre'],
];
