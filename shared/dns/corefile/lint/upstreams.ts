import { isIp, splitAddress, withoutZone } from '../go/addresses.ts';
import { FILLED_IN, type LintInput, type LintProblem, problem } from './problem.ts';
import { type DirectiveView, directivesNamed, hasPlugin, optionNamed, type ServerView } from './views.ts';

/** Addresses at which distributions place the DNS Service; used only where the real one was not seen. */
const USUAL_ADDRESSES = ['10.96.0.10', '10.43.0.10', '172.20.0.10', '10.100.0.10', '10.0.0.10', '10.152.183.10'];

/** Where NodeLocal DNSCache listens on every node. */
const NODE_CACHE_ADDRESSES = ['169.254.20.10', '169.254.25.10'];

interface Target {
  readonly word: string;
  readonly address: string;
  readonly port: string;
  readonly tls: boolean;
  /** The file it was read from, if any. */
  readonly source: string;
}

/** Rules about `forward`: loops first, then what bounds and secures it. */
export function lintUpstreams(input: LintInput): readonly LintProblem[] {
  return input.servers.flatMap((server) => {
    const lines = directivesNamed(server, 'forward').concat(directivesNamed(server, 'proxy'));
    return [
      ...lines.flatMap((line) => loops(input, server, line)),
      ...lines.flatMap((line) => toNobody(input, server, line)),
      ...lines.flatMap((line) => withoutName(line)),
      ...lines.flatMap((line) => unbounded(input, line)),
      ...unused(lines),
    ];
  });
}

function targetsOf({ facts }: LintInput, line: DirectiveView): readonly Target[] {
  return line.args.slice(1).flatMap((word) => {
    const [, scheme = 'dns', rest = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(word) ?? [];
    if (rest.startsWith('/')) {
      if (rest !== '/etc/resolv.conf' || facts.resolvConf === undefined) return [];
      const { servers, source } = facts.resolvConf;
      return servers.map((address) => ({ word, address, port: '53', tls: false, source }));
    }
    const parts = splitAddress(rest);
    const host = withoutZone('error' in parts ? rest : parts.host);
    if (!isIp(host)) return [];
    const port = 'error' in parts || parts.port === '' ? (scheme === 'tls' ? '853' : '53') : parts.port;
    return [{ word, address: host, port, tls: scheme === 'tls', source: '' }];
  });
}

function loops(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  // A forward for all names in the block of one zone concerns that zone.
  const from = line.args[0] ?? '.';
  const zone = from === '.' ? (server.zones[0] ?? from) : from;
  for (const target of targetsOf(input, line)) {
    const self = whySelf(input, server, target);
    const through = target.source === '' ? '' : ` (${target.source})`;
    if (self !== undefined) {
      return [
        problem(
          'forwards-to-itself',
          'critical',
          line,
          `forward ${line.args.join(' ')}${through}`,
          { zone, target: target.address, why: self.why },
          self.certain ? 'proven' : 'likely',
        ),
      ];
    }
    if (input.facts.program === 'coredns' && NODE_CACHE_ADDRESSES.includes(target.address)) {
      const fact = `forward ${line.args.join(' ')}`;
      return [problem('forwards-to-node-cache', 'warning', line, fact, { zone, target: target.address }, 'likely')];
    }
  }
  return [];
}

/** Addresses of documentation (RFC 5737, RFC 3849) and of class E, which no network routes. */
const NOBODY = /^(?:192\.0\.2|198\.51\.100|203\.0\.113|24\d\.\d+\.\d+|25[0-4]\.\d+\.\d+)\.|^2001:0?db8:/i;

/** Every upstream of a line has an address that nobody can have: an example that was copied. */
function toNobody(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const targets = targetsOf(input, line);
  const [first] = targets;
  const known = new Set(targets.map(({ word }) => word)).size === new Set(line.args.slice(1)).size;
  if (first === undefined || !known) return [];
  if (!targets.every(({ address }) => NOBODY.test(address) && address !== FILLED_IN)) return [];
  const from = line.args[0] ?? '.';
  const zone = from === '.' ? (server.zones[0] ?? from) : from;
  const names = zone === '.' ? 'names outside of the cluster' : `names of ${zone}`;
  const fact = `forward ${line.args.join(' ')}`;
  return [problem('forwards-to-nobody', 'warning', line, fact, { names, target: first.address }, 'likely')];
}

function whySelf(
  { facts, servers }: LintInput,
  server: ServerView,
  { address, port }: Target,
): { readonly why: string; readonly certain: boolean } | undefined {
  const own = new Set(servers.flatMap(({ ports }) => ports));
  const bound = servers.flatMap(({ listen }) => listen);
  if (address === '127.0.0.53' && facts.program === 'coredns') {
    return {
      why: 'systemd-resolved of the node, which inside of a pod is the server itself',
      certain: true,
    };
  }
  const everywhere = servers.some(({ listen }) => listen.length === 0);
  const loopback = /^127\./.test(address) || address === '::1' || address === '0.0.0.0' || address === '::';
  if (loopback && own.has(port) && (everywhere || bound.includes(address))) {
    return { why: 'the server itself', certain: true };
  }
  if (bound.includes(address) && own.has(port))
    return { why: 'an address the server itself is bound to', certain: true };
  if (facts.program === 'node-cache') return undefined;
  if (facts.serviceAddresses.includes(address) && port === '53') {
    return { why: 'the DNS Service, behind which stands this server', certain: true };
  }
  if (facts.podAddresses.includes(address) && own.has(port))
    return { why: 'a pod of these DNS servers', certain: true };
  const serves = servers.some((one) => hasPlugin(one, 'kubernetes')) && !hasBind(server);
  if (facts.serviceAddresses.length === 0 && serves && port === '53' && USUAL_ADDRESSES.includes(address)) {
    return { why: 'the usual address of the DNS Service, behind which stands this server', certain: false };
  }
  return undefined;
}

function hasBind(server: ServerView): boolean {
  return server.listen.length > 0;
}

function withoutName(line: DirectiveView): readonly LintProblem[] {
  const tls = line.args.slice(1).filter((word) => word.startsWith('tls://') && !word.includes('%'));
  if (tls.length === 0 || optionNamed(line, 'tls_servername') !== undefined) return [];
  return [problem('tls-without-name', 'warning', line, `forward ${line.args.join(' ')}`, { target: tls[0] ?? '' })];
}

function unbounded({ since, facts }: LintInput, line: DirectiveView): readonly LintProblem[] {
  if (line.name !== 'forward' || !since('1.6.8') || facts.program === 'node-cache') return [];
  const bound = optionNamed(line, 'max_concurrent');
  if (bound !== undefined && bound.args[0] !== '0') return [];
  return [problem('no-max-concurrent', 'info', bound ?? line, `forward ${line.args.join(' ')}`, {})];
}

/** A second `forward` for the same names is asked only when the first one passes a query on. */
function unused(lines: readonly DirectiveView[]): readonly LintProblem[] {
  return lines.flatMap((line, at) => {
    const first = lines.slice(0, at).find((earlier) => earlier.args[0] === line.args[0]);
    if (first === undefined || optionNamed(first, 'next') !== undefined) return [];
    const fact = `forward ${line.args.join(' ')}`;
    return [
      problem('second-forward-unused', 'warning', line, fact, { zone: line.args[0] ?? '.', first: String(first.line) }),
    ];
  });
}
