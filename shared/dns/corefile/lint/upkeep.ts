import { splitAddress } from '../go/addresses.ts';
import { parseDuration } from '../go/numbers.ts';
import { type LintInput, type LintProblem, type LintRule, problem } from './problem.ts';
import { type DirectiveView, directivesNamed, hasPlugin, optionNamed, type ServerView } from './views.ts';

const HOUR = 3_600_000;

/** Rules about what keeps a server observable and alive, and about answers kept for later. */
export function lintUpkeep(input: LintInput): readonly LintProblem[] {
  return [
    ...missing(input),
    ...unheard(input),
    ...probes(input),
    ...input.servers.flatMap((server) => [
      ...directivesNamed(server, 'health').flatMap((line) => lameduck(input, line)),
      ...directivesNamed(server, 'prometheus').flatMap((line) => loopback(line)),
      ...directivesNamed(server, 'log').flatMap((line) => logging(line)),
      ...['debug', 'pprof', 'trace'].flatMap((name) =>
        directivesNamed(server, name).flatMap((line) => debugging(line)),
      ),
      ...directivesNamed(server, 'cache').flatMap((line) => stale(line)),
    ]),
  ];
}

/** The block that answers for the whole cluster: where `kubernetes` is, else the one for all names. */
function mainServer({ servers }: LintInput): ServerView | undefined {
  return servers.find((server) => hasPlugin(server, 'kubernetes')) ?? servers.find(({ zones }) => zones.includes('.'));
}

function missing(input: LintInput): readonly LintProblem[] {
  const { servers, since, facts } = input;
  const main = mainServer(input);
  const cluster = facts.cluster || servers.some((server) => hasPlugin(server, 'kubernetes'));
  if (main === undefined || !cluster) return [];
  const key = `${main.zones.join(' ')} {`;
  const anywhere = (name: string) => servers.some((server) => hasPlugin(server, name));
  const absent = (rule: LintRule, plugin: string, first: string, needed = true): readonly LintProblem[] =>
    needed && since(first) && !anywhere(plugin) ? [problem(rule, 'warning', main, key, { plugin })] : [];
  const upstream = servers.some((server) => hasPlugin(server, 'forward') || hasPlugin(server, 'proxy'));
  const outside = servers.some(answersOutside);
  // The operator of OpenShift writes its Corefile without loop, for port 5353, and mounts the node's resolv.conf itself.
  const openshift = main.ports.includes('5353') || servers.some(({ zones }) => zones.includes('hostname.bind.'));
  const nodeCache = facts.program === 'node-cache';
  return [
    ...absent('no-errors', 'errors', '1.0.0'),
    ...absent('no-health', 'health', '1.0.0', !nodeCache),
    ...absent('no-ready', 'ready', '1.5.0', !nodeCache && !hasProbe(input, 'readiness')),
    ...absent('no-loop', 'loop', '1.2.1', upstream && !openshift),
    ...absent('no-reload', 'reload', '1.1.0'),
    ...absent('no-cache', 'cache', '1.0.0'),
    ...(outside || nodeCache ? [] : [problem('no-upstream', facts.cluster ? 'warning' : 'info', main, key, {})]),
  ];
}

/** Plugins that may answer for names of the world outside. */
const OUTSIDE = ['forward', 'proxy', 'grpc', 'file', 'auto', 'secondary', 'etcd', 'template', 'erratic', 'whoami'];

function answersOutside(server: ServerView): boolean {
  return (
    server.zones.includes('.') &&
    OUTSIDE.some((name) =>
      directivesNamed(server, name).some(({ args }) => !['forward', 'proxy', 'grpc'].includes(name) || args[0] === '.'),
    )
  );
}

function hasProbe({ facts }: LintInput, kind: 'readiness' | 'liveness'): boolean {
  return facts.probes.some((probe) => probe.kind === kind);
}

/** A probe that asks a port where no plugin listens: pods never get ready, or are restarted for ever. */
function probes({ servers, facts }: LintInput): readonly LintProblem[] {
  const [first] = servers;
  if (first === undefined) return [];
  return facts.probes.flatMap(({ kind, port, path }) => {
    const plugin = path === '/ready' ? 'ready' : path === '/health' ? 'health' : undefined;
    if (plugin === undefined) return [];
    const lines = servers.flatMap((server) => directivesNamed(server, plugin));
    const ports = lines.map((line) => portOf(line, plugin === 'ready' ? '8181' : '8080'));
    if (ports.includes(port)) return [];
    const there = ports.length === 0 ? `there is no ${plugin}` : `${plugin} listens on ${ports.join(' and ')}`;
    const args = { kind, port, path, plugin, there };
    return [problem('probe-without-plugin', 'critical', lines[0] ?? first, there, args)];
  });
}

function portOf({ args }: DirectiveView, usual: string): string {
  const parts = splitAddress(args[0] ?? `:${usual}`);
  return 'error' in parts ? usual : parts.port;
}

/** Nobody listens where the Service sends queries, or only inside of the pod. */
function unheard(input: LintInput): readonly LintProblem[] {
  const { servers, facts } = input;
  const main = mainServer(input);
  if (main === undefined || facts.program === 'node-cache') return [];
  const cluster = facts.cluster || hasPlugin(main, 'kubernetes');
  const inside = main.listen.length > 0 && main.listen.every((address) => /^127\.|^::1$/.test(address));
  if (cluster && inside) {
    const where = main.listen.join(' and ');
    const args = { where: `${where}, which only the pod itself reaches`, wanted: 'the address of the pod' };
    return [problem('not-where-asked', 'critical', main, `bind ${main.listen.join(' ')}`, args)];
  }
  const [target] = facts.targetPorts;
  const ports = new Set(
    servers.flatMap((server) => (server === main || server.zones.includes('.') ? server.ports : [])),
  );
  if (target === undefined || !cluster || facts.targetPorts.some(({ port }) => ports.has(port))) return [];
  const args = { where: `port ${[...ports].join(' and ')}`, wanted: `port ${target.port}` };
  return [problem('not-where-asked', 'critical', main, `${main.zones.join(' ')}:${[...ports].join(' ')}`, args)];
}

function lameduck({ facts }: LintInput, line: DirectiveView): readonly LintProblem[] {
  if (facts.program === 'node-cache' || optionNamed(line, 'lameduck') !== undefined) return [];
  return [problem('no-lameduck', 'info', line, `health ${line.args.join(' ')}`.trim())];
}

function loopback(line: DirectiveView): readonly LintProblem[] {
  const [address = 'localhost:9153'] = line.args;
  if (!/^(127\.|localhost:|\[::1\])/.test(address)) return [];
  return [problem('metrics-on-loopback', 'info', line, `prometheus ${line.args.join(' ')}`.trim(), { address })];
}

function logging(line: DirectiveView): readonly LintProblem[] {
  const classes = optionNamed(line, 'class')?.args ?? ['all'];
  if (!classes.includes('all') && !classes.includes('success')) return [];
  return [problem('logs-every-query', 'info', line, `log ${line.args.join(' ')}`.trim())];
}

function debugging(line: DirectiveView): readonly LintProblem[] {
  return [problem('debugging-on', 'info', line, `${line.name} ${line.args.join(' ')}`.trim(), { plugin: line.name })];
}

function stale(line: DirectiveView): readonly LintProblem[] {
  return line.options.flatMap((option) => {
    if (option.name === 'keepttl') {
      return [
        problem('stale-answers', 'info', option, 'keepttl', {
          what: 'answers from the cache claim their full TTL again',
        }),
      ];
    }
    const least = Number(option.args[2] ?? '0');
    if (option.name === 'denial' && least >= 60) {
      const what = `names that did not exist are missing for ${least} s more when they are made`;
      return [problem('stale-answers', 'warning', option, `denial ${option.args.join(' ')}`, { what })];
    }
    const time = option.name === 'serve_stale' ? parseDuration(option.args[0] ?? '1h') : undefined;
    if (time === undefined || time <= HOUR) return [];
    const what = `answers may be ${option.args[0]} older than they should`;
    return [problem('stale-answers', 'warning', option, `serve_stale ${option.args.join(' ')}`, { what })];
  });
}
