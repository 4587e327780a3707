import { createHash } from 'node:crypto';

/** One port of a Service, as kube-proxy names it. */
export interface ProxyPort {
  readonly namespace: string;
  readonly service: string;
  /** The name of the Service port; empty or absent when it has none. */
  readonly port?: string | undefined;
  /** TCP, UDP or SCTP, in any case. */
  readonly protocol: string;
}

export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
}

/** Chains of kube-proxy's iptables mode for one port. */
export interface IptablesChains {
  /** Where requests to the ClusterIP go. */
  readonly service: string;
  /** The same where a traffic policy is Local. */
  readonly local: string;
  /** Requests from outside: node ports, load balancers, external addresses. */
  readonly external: string;
  /** Where loadBalancerSourceRanges are kept. */
  readonly firewall: string;
}

/**
 * The chains of the iptables mode: a prefix and 16 letters of the SHA-256 of `namespace/name:port` and the protocol.
 * Source: kubernetes/kubernetes pkg/proxy/iptables/proxier.go, portProtoHash and the prefixes above it.
 */
export function iptablesChains(port: ProxyPort): IptablesChains {
  const hash = hashOf(portName(port) + port.protocol.toLowerCase(), 16);
  return {
    service: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** The chain that rewrites the destination to one endpoint, in the iptables mode. */
export function iptablesEndpointChain(port: ProxyPort, endpoint: ProxyEndpoint): string {
  return `KUBE-SEP-${hashOf(portName(port) + port.protocol.toLowerCase() + hostPort(endpoint), 16)}`;
}

/**
 * The chain of a port in the table `kube-proxy` of the nftables mode, such as
 * `service-ULMVA6XW-ns1/svc1/tcp/p80`. Source: pkg/proxy/nftables/proxier.go, servicePortChainNameBase.
 */
export function nftablesServiceChain(port: ProxyPort): string {
  return nftablesChain('service-', nftablesName(port));
}

/** The chain of an endpoint in the nftables mode; colons of IPv6 addresses become dots. */
export function nftablesEndpointChain(port: ProxyPort, endpoint: ProxyEndpoint): string {
  const address = endpoint.address.replaceAll(':', '.');
  return nftablesChain('endpoint-', `${nftablesName(port)}__${address}/${endpoint.port}`);
}

/** nftables cuts chain names at 256 letters; kube-proxy stays below with a mark of its own. */
const NFT_NAME_MAX = 240;

function nftablesChain(prefix: string, name: string): string {
  const whole = `${prefix}${hashOf(name, 8)}-${name}`;
  return whole.length > NFT_NAME_MAX ? `${whole.slice(0, NFT_NAME_MAX - 3)}...` : whole;
}

function nftablesName({ namespace, service, port = '', protocol }: ProxyPort): string {
  return `${namespace}/${service}/${protocol.toLowerCase()}/${port}`;
}

/** `namespace/name:port`, or without the colon when the port has no name (ServicePortName.String). */
function portName({ namespace, service, port = '' }: ProxyPort): string {
  return `${namespace}/${service}${port === '' ? '' : `:${port}`}`;
}

function hostPort({ address, port }: ProxyEndpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first letters of the base32 form (RFC 4648) of a text's SHA-256. */
function hashOf(text: string, letters: number): string {
  const digest = createHash('sha256').update(text).digest();
  let hash = '';
  let value = 0;
  let bits = 0;
  for (let at = 0; hash.length < letters; at++) {
    value = (value << 8) | (digest[at] ?? 0);
    bits += 8;
    while (bits >= 5 && hash.length < letters) {
      bits -= 5;
      hash += BASE32[(value >> bits) & 31] ?? '';
    }
    value &= (1 << bits) - 1;
  }
  return hash;
}
