import { after, type Lines, splitWords } from './words.ts';

export interface Vxlan {
  readonly id: number;
  readonly local: string | undefined;
  /** The link the tunnel runs over. */
  readonly device: string | undefined;
  readonly port: number | undefined;
}

export interface Link {
  readonly line: number;
  readonly index: number;
  readonly name: string;
  readonly flags: readonly string[];
  readonly mtu: number | undefined;
  /** `UP`, `DOWN`, `UNKNOWN`, … as the kernel calls it. */
  readonly state: string | undefined;
  /** The bridge or bond it belongs to. */
  readonly master: string | undefined;
  readonly mac: string | undefined;
  /** `vxlan`, `veth`, `bridge`, `dummy`, …: from `ip -d link`. */
  readonly type: string | undefined;
  readonly vxlan: Vxlan | undefined;
  /** Addresses with their prefix length, from `ip addr`. */
  readonly addresses: readonly string[];
  /** The peer of a veth lives in another network namespace. */
  readonly peerElsewhere: boolean;
}

/** `ip link`, `ip -d link`, `ip -s link` or `ip addr`. */
export interface LinkDump {
  readonly kind: 'links';
  readonly links: readonly Link[];
  readonly hasAddresses: boolean;
}

const HEAD = /^(\d+): ([^\s:@]+)(?:@(\S+?))?: <([^>]*)> (.*)$/;

/** The first line of a link: `2: eth0: <BROADCAST,UP> mtu 1500 …`. */
export function isLinkLine(text: string): boolean {
  return HEAD.test(text);
}

type OpenLink = { -readonly [K in keyof Link]: Link[K] } & { addresses: string[] };

/** Reads links with what follows each of them, indented. */
export function parseLinks(lines: Lines): LinkDump {
  const links: OpenLink[] = [];
  let hasAddresses = false;
  for (const { text, line } of lines) {
    const head = HEAD.exec(text);
    if (head !== null) {
      const link = openLink(head, line);
      links.push(link);
      // `ip -o` prints all of a link on one line.
      if (text.includes('\\')) readDetails(splitWords(text.slice(text.indexOf('\\') + 1)), link);
      continue;
    }
    const link = links.at(-1);
    if (link === undefined) continue;
    const words = splitWords(text.trim());
    if (words[0] === 'inet' || words[0] === 'inet6') {
      hasAddresses = true;
      link.addresses.push(words[1] ?? '');
    } else {
      readDetails(words, link);
    }
  }
  return { kind: 'links', links, hasAddresses };
}

function openLink(head: RegExpExecArray, line: number): OpenLink {
  const words = splitWords(head[5] ?? '');
  return {
    line,
    index: Number(head[1]),
    name: head[2] ?? '',
    flags: (head[4] ?? '').split(','),
    mtu: Number(after(words, 'mtu')) || undefined,
    state: after(words, 'state'),
    master: after(words, 'master'),
    mac: undefined,
    type: undefined,
    vxlan: undefined,
    addresses: [],
    peerElsewhere: false,
  };
}

function readDetails(words: readonly string[], link: OpenLink): void {
  const at = words.findIndex((word) => word.startsWith('link/'));
  const mac = words[at + 1] ?? '';
  if (at >= 0 && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) link.mac = mac.toLowerCase();
  if (words.includes('link-netns') || words.includes('link-netnsid')) link.peerElsewhere = true;
  readType(words, link);
}

const LINK_TYPES = new Set([
  'vxlan',
  'veth',
  'bridge',
  'dummy',
  'ipip',
  'sit',
  'gre',
  'gretap',
  'geneve',
  'wireguard',
  'bond',
  'vlan',
  'macvlan',
  'ipvlan',
  'tun',
  'ip6tnl',
  'openvswitch',
]);

function readType(words: readonly string[], link: OpenLink): void {
  const type = words.find((word) => LINK_TYPES.has(word));
  if (type === undefined || link.type !== undefined) return;
  link.type = type;
  if (type !== 'vxlan') return;
  link.vxlan = {
    id: Number(after(words, 'id')) || 0,
    local: after(words, 'local'),
    device: after(words, 'dev'),
    port: Number(after(words, 'dstport')) || undefined,
  };
}
