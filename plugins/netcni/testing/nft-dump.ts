import { nftablesEndpointChain, nftablesServiceChain } from '../../../shared/datapath/kube-proxy-names.ts';
import type { EndpointSlice, Service } from '../../../shared/model/objects-network.ts';
import { services, slices } from './node-cluster.ts';
import { type Rendered, rendered } from './rendered-services.ts';

/** `nft list ruleset` of a healthy node in nftables mode, shortened to what is read. */
export function nftRuleset(list: readonly Service[] = services, all: readonly EndpointSlice[] = slices): string {
  const ports = rendered(list, all);
  const live = ports.filter(({ targets }) => targets.length > 0);
  const dead = ports.filter(({ targets }) => targets.length === 0);
  const key = ({ address, port, number }: Rendered): string =>
    `${address} . ${port.protocol.toLowerCase()} . ${number}`;
  const map = (name: string, type: string, elements: readonly string[]): string[] => [
    `\tmap ${name} {`,
    `\t\ttype ${type}`,
    ...(elements.length === 0 ? [] : [`\t\telements = { ${elements.join(',\n\t\t\t     ')} }`]),
    '\t}',
    '',
  ];
  const chain = (name: string, lines: readonly string[]): string[] => [
    `\tchain ${name} {`,
    ...lines.map((line) => `\t\t${line}`),
    '\t}',
    '',
  ];
  return [
    'table ip kube-proxy {',
    '\tcomment "rules for kube-proxy"',
    '',
    ...map(
      'no-endpoint-services',
      'ipv4_addr . inet_proto . inet_service : verdict',
      dead.map((one) => `${key(one)} comment "${one.port.namespace}/${one.port.service}" : goto reject-chain`),
    ),
    ...map(
      'service-ips',
      'ipv4_addr . inet_proto . inet_service : verdict',
      live.map((one) => `${key(one)} : goto ${nftablesServiceChain(one.port)}`),
    ),
    ...map(
      'service-nodeports',
      'inet_proto . inet_service : verdict',
      live.flatMap(({ port, nodePort }) =>
        nodePort === undefined ? [] : [`${port.protocol.toLowerCase()} . ${nodePort} : goto ${outside(port)}`],
      ),
    ),
    ...chain('reject-chain', ['reject']),
    ...chain('services', [
      'ip daddr . meta l4proto . th dport vmap @service-ips',
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
    ]),
    ...chain('masquerading', [
      'meta mark & 0x00004000 == 0x00000000 return',
      'meta mark set meta mark ^ 0x00004000',
      'masquerade fully-random',
    ]),
    ...chain('mark-for-masquerade', ['meta mark set meta mark | 0x00004000']),
    ...chain('nat-prerouting', ['type nat hook prerouting priority dstnat; policy accept;', 'jump services']),
    ...chain('nat-output', ['type nat hook output priority dstnat; policy accept;', 'jump services']),
    ...chain('nat-postrouting', ['type nat hook postrouting priority srcnat; policy accept;', 'jump masquerading']),
    ...live.flatMap(({ port, address, number, nodePort, targets }) => [
      ...(nodePort === undefined
        ? []
        : chain(outside(port), ['jump mark-for-masquerade', `goto ${nftablesServiceChain(port)}`])),
      ...chain(nftablesServiceChain(port), [
        `ip daddr ${address} ${port.protocol.toLowerCase()} dport ${number} ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
        `numgen random mod ${targets.length} vmap { ${targets.map((target, at) => `${at} : goto ${nftablesEndpointChain(port, target)}`).join(', ')} }`,
      ]),
      ...targets.flatMap((target) =>
        chain(nftablesEndpointChain(port, target), [
          `ip saddr ${target.address} jump mark-for-masquerade`,
          `meta l4proto ${port.protocol.toLowerCase()} dnat to ${target.address}:${target.port}`,
        ]),
      ),
    ]),
    '}',
    '',
  ].join('\n');
}

function outside(port: Rendered['port']): string {
  return nftablesServiceChain(port).replace('service-', 'external-');
}
