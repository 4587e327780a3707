/**
 * MTU arithmetic: how many bytes of a packet each encapsulation and encryption takes, and what is left for pods. All
 * sizes are bytes of the IP packet; the outer Ethernet header is no part of an MTU and is not counted.
 */

import { IPSEC_USUAL_KEY, IPV4, IPV6, type Layer, layerOf, type OuterFamily, type Wrapping } from './mtu-headers.ts';

/** What Felix leaves on AKS (felix/dataplane/linux/int_dataplane.go, aksMTUOverhead): networks of Azure cut packets above 1400. */
const AZURE_CUT = 100;

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
 * comes on top (pkg/agent/config/node_config.go). Flannel's WireGuard takes the bytes of IPv6 whatever the nodes speak
 * (pkg/backend/wireguard); what it reckons with for VXLAN over IPv6 is too little, see `flannelReckons`.
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

/**
 * What Flannel takes off for pods: 50 for VXLAN over both families (pkg/backend/vxlan). Linux makes the tunnel over IPv6
 * 20 bytes smaller all the same (drivers/net/vxlan, VXLAN6_HEADROOM).
 */
export function flannelReckons(setup: MtuSetup): MtuOverhead {
  return overheadOf({ ...setup, outer: 4 });
}

function flannelLayers(tunnels: readonly Layer[], encryption: MtuSetup['encryption']): readonly Layer[] {
  if (encryption === 'wireguard') return [layerOf('wireguard', 6)];
  if (encryption === 'ipsec') return [layerOf('ipsec', 4)];
  return largest(tunnels);
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
