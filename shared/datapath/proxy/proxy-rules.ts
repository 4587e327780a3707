import { parseAddress } from '../../util/addresses.ts';

/** What kube-proxy's rules on a node say, whichever mode wrote them. */
export interface ProxyRules {
  readonly mode: 'iptables' | 'nftables' | 'ipvs';
  readonly family: 4 | 6;
  /** Where requests to a virtual address go, by `address/protocol/port`. */
  readonly portals: ReadonlyMap<string, Portal>;
  /** Virtual addresses that are refused or dropped because nobody is behind them, by the same key. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Chains of Services that a portal or a node port leads to, by name. */
  readonly chains: ReadonlyMap<string, ServiceChain>;
  /** Where requests to ports of the node itself go, by `tcp/30080`; undefined where the dump has no such list. With IPVS, all virtual servers. */
  readonly nodePorts: ReadonlyMap<string, Portal> | undefined;
  /** Whether packets to the node itself are led to that list. */
  readonly asksNodePorts: boolean;
  /** Senders whose address requests to ClusterIPs keep, where the rules name them. */
  readonly insiders: ReadonlySet<string>;
  /** Whether the part that leads to Services was in the dump at all (iptables-save -t filter has none). */
  readonly hasPortals: boolean;
  readonly hasRefusals: boolean;
}

export interface Portal {
  readonly key: string;
  readonly chain: string;
  readonly line: number;
  readonly comment: string;
}

export interface Refusal {
  readonly key: string;
  readonly verdict: 'reject' | 'drop';
  readonly line: number;
  readonly comment: string;
}

export interface ServiceChain {
  readonly name: string;
  readonly line: number;
  readonly comment: string;
  readonly endpoints: readonly ChainEndpoint[];
  /** Whether any of its rules leads on to an endpoint or to another chain of the Service. */
  readonly leads: boolean;
  /** Part of the requests that none of its rules takes, 0 to 1: they stay untranslated. */
  readonly unclaimed?: number;
}

export interface ChainEndpoint {
  readonly chain: string;
  /** `10.244.1.5:8080`, `[fd00::5]:8080`; empty when the dump hides it (nft's view of iptables rules). */
  readonly target: string;
  readonly line: number;
  /** Its chain translates nothing: a request that is sent there gets lost. */
  readonly lost: boolean;
  /** Part of the requests that the rules send there, 0 to 1; undefined where they do not tell. */
  readonly share?: number | undefined;
}

/** `10.96.0.10/udp/53`; addresses of IPv6 in their short form. */
export function portalKey(address: string, protocol: string, port: number): string {
  return `${plainAddress(address)}/${protocol.toLowerCase()}/${port}`;
}

/** `10.244.1.5:8080` or `[fd00::5]:8080`. */
export function targetOf(address: string, port: number): string {
  const plain = plainAddress(address);
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** Programs print IPv6 addresses alike, people do not. */
function plainAddress(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  return parsed === undefined ? address : address.toLowerCase();
}
