import { inRange, parseAddress, parseCidr } from '../../util/addresses.ts';
import type { NodeDumps } from '../dump-files.ts';
import { iptablesChains } from '../kube-proxy-names.ts';
import { proxiesOf } from '../proxy/of-dumps.ts';
import type { Portal, ProxyRules } from '../proxy/proxy-rules.ts';
import type { Packet } from './match.ts';
import type { Witness } from './obstacles.ts';
import type { Links } from './witnesses.ts';

/** An endpoint that kube-proxy's rules lead to. */
interface Target {
  readonly address: string;
  readonly port: number;
  readonly protocol: Packet['protocol'];
  /** `shop/web:http`; the virtual address where the rules have no comments. */
  readonly service: string;
  readonly portal: Portal;
}

/** Endpoints tried; a filter rarely tells them apart. */
const MOST_TARGETS = 50;

/**
 * Packets that a node must let pass as far as its own rules tell: between endpoints of Services, and from them to
 * ClusterIPs. For a dump that nothing else is known of.
 */
export function witnessesInRules(dumps: NodeDumps, family: 4 | 6, links: Links): readonly Witness[] {
  const [proxy] = proxiesOf(dumps, family);
  const targets = proxy === undefined ? [] : targetsOf(proxy.rules);
  return targets.flatMap((target): readonly Witness[] => {
    const sender = targets.find(({ address }) => address !== target.address);
    if (sender === undefined) return [];
    const { protocol, port } = target;
    const known = { protocol, source: sender.address, in: links.towards(sender.address) };
    const from = `packets from endpoint ${sender.address} of ${sender.service}`;
    const what = `${from} to ${target.address}:${port} of ${target.service}`;
    const packet = { ...known, destination: target.address, port };
    const [address = '', , number = '0'] = target.portal.key.split('/');
    return [
      { hook: 'forward', packet: { ...packet, out: links.towards(target.address) }, what },
      { hook: 'prerouting', packet, what },
      {
        hook: 'prerouting',
        packet: { ...known, destination: address, port: Number(number) },
        what: `${from} to Service ${target.service} (${address}:${number})`,
      },
    ];
  });
}

/** Endpoints that are pods: those of the API server are not, and where the rules name the range of pods all others. */
function targetsOf({ portals, chains, insiders }: ProxyRules): readonly Target[] {
  const ranges = [...insiders].flatMap((text) => parseCidr(text) ?? []);
  const targets: Target[] = [];
  for (const portal of portals.values()) {
    if (isOfApi(portal)) continue;
    const protocol = portal.key.split('/')[1];
    if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') continue;
    for (const { target } of chains.get(portal.chain)?.endpoints ?? []) {
      const [, address = '', port = ''] = /^\[?([^\]]+)\]?:(\d+)$/.exec(target) ?? [];
      const parsed = parseAddress(address);
      if (parsed === undefined || (ranges.length > 0 && !ranges.some((range) => inRange(range, parsed)))) continue;
      targets.push({ address, port: Number(port), protocol, service: serviceOf(portal), portal });
      if (targets.length === MOST_TARGETS) return targets;
    }
  }
  return targets;
}

const API = iptablesChains({ namespace: 'default', service: 'kubernetes', port: 'https', protocol: 'TCP' }).service;

function isOfApi({ chain, comment }: Portal): boolean {
  return chain === API || /\bdefault\/kubernetes\b/.test(`${chain} ${comment}`);
}

/** `shop/web:http`, of a comment or of the name of a chain of nft; else the virtual address. */
function serviceOf({ chain, comment, key }: Portal): string {
  const told = comment.replace(/ (cluster|external|loadbalancer) IP$/, '');
  return told === '' ? (/^service-\w+-(.+)$/.exec(chain)?.[1] ?? key) : told;
}
