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
export const IPV4 = 20;
export const IPV6 = 40;
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
/** Bytes of the key that the reserve is reckoned for. */
export const IPSEC_USUAL_KEY = 16;

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
