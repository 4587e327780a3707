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
