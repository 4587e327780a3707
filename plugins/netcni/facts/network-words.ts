import type { FoundPlugin } from '../../../shared/datapath/cni/setup.ts';

/** `Flannel v0.28.4 (vxlan)`, `Calico v3.28.1 (ipip between subnets)`, `Cilium (native, wireguard)`. */
export function networkWords({ title, version, encapsulations, encryption }: FoundPlugin): string {
  const ways = [
    ...new Set(
      encapsulations.map(({ value: { wrapping, when } }) =>
        wrapping === 'none' ? 'no tunnel' : when === 'crossSubnet' ? `${wrapping} between subnets` : wrapping,
      ),
    ),
    ...(encryption === undefined ? [] : [encryption.value]),
  ];
  return `${title}${version === undefined ? '' : ` ${version.value}`}${ways.length === 0 ? '' : ` (${ways.join(', ')})`}`;
}
