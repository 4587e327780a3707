import { splitAddress, withoutZone } from './go/addresses.ts';
import { normalName } from './go/names.ts';
import type { Judgement } from './judge.ts';
import { type DirectiveView, directivesNamed, optionNamed, viewServer } from './lint/views.ts';

/** A zone whose questions a server passes on. */
export interface ForwardedZone {
  /** `.` for all names, else like `corp.example.`. */
  readonly zone: string;
  /** Where to, as written: `10.0.0.2`, `tls://9.9.9.9`, `/etc/resolv.conf`. */
  readonly targets: readonly string[];
  readonly line: number;
  /** How upstreams are asked: as the server itself was asked, or always in one way. */
  readonly over: 'as asked' | 'tcp' | 'udp';
  /** Whether a failure starts checks of the upstream's health (`max_fails 0` switches them off). */
  readonly healthChecked: boolean;
}

/** The zones that a Corefile forwards, each once, in the order of the text. */
export function forwardedZones({ servers }: Judgement): readonly ForwardedZone[] {
  const found = new Map<string, ForwardedZone>();
  for (const server of servers.map(viewServer)) {
    for (const line of directivesNamed(server, 'forward')) {
      const from = normalName(line.args[0] ?? '.');
      // A forward for all names in the block of one zone concerns that zone.
      for (const zone of from === '.' ? server.zones : [from]) if (!found.has(zone)) found.set(zone, read(line, zone));
    }
  }
  return [...found.values()];
}

function read(line: DirectiveView, zone: string): ForwardedZone {
  const targets = line.args.slice(1);
  const tcp = optionNamed(line, 'force_tcp') !== undefined || targets.every((word) => /^(tls|https|quic)/.test(word));
  const udp = optionNamed(line, 'prefer_udp') !== undefined;
  return {
    zone,
    targets,
    line: line.line,
    over: tcp ? 'tcp' : udp ? 'udp' : 'as asked',
    healthChecked: optionNamed(line, 'max_fails')?.args[0] !== '0',
  };
}

/** `10.0.0.2:53` for a target as CoreDNS names it in its log and metrics; undefined for a file. */
export function targetAddress(word: string): string | undefined {
  const [, scheme = 'dns', rest = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(word) ?? [];
  if (rest.startsWith('/')) return undefined;
  const parts = splitAddress(rest);
  const host = withoutZone('error' in parts ? rest : parts.host);
  const port = 'error' in parts || parts.port === '' ? (scheme === 'tls' ? '853' : '53') : parts.port;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
