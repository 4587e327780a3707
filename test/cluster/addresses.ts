import type { ClusterOptions } from './options.ts';

/** All addresses of a cluster follow from its index, so side-by-side clusters are told apart in every output. */
export function nodeNetwork(index: number): { readonly v4: string; readonly v6: string } {
  return { v4: `10.123.${index}`, v6: `fd00:10:123:${index}` };
}

export function gatewayAddress(index: number): string {
  return `${nodeNetwork(index).v4}.1`;
}

export function nodeAddress(index: number, node: number): string {
  return `${nodeNetwork(index).v4}.${10 + node}`;
}

export function nodeAddress6(index: number, node: number): string {
  return `${nodeNetwork(index).v6}::${10 + node}`;
}

export const podRange = '10.244.0.0/16';
export const podRange6 = 'fd00:10:244::/56';
export const serviceRange = '10.96.0.0/16';
export const serviceRange6 = 'fd00:10:96::/112';
export const dnsAddress = '10.96.0.10';
export const dnsAddress6 = 'fd00:10:96::a';
export const kubernetesAddress = '10.96.0.1';

export function podRanges({ dualStack }: ClusterOptions): string {
  return dualStack ? `${podRange},${podRange6}` : podRange;
}

export function serviceRanges({ dualStack }: ClusterOptions): string {
  return dualStack ? `${serviceRange},${serviceRange6}` : serviceRange;
}

/** The cluster's port on the loopback address when none was asked for. */
export function usualPort(index: number): number {
  return 26443 + index;
}
