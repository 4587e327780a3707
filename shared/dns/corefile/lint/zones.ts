import { isBelow, isReverseZone, normalName } from '../go/names.ts';
import { type LintInput, type LintProblem, problem } from './problem.ts';
import { type DirectiveView, directivesNamed, hasPlugin, optionNamed, type ServerView } from './views.ts';

/** Pods above which watching all of them is felt: a megabyte for about every 250. */
const MANY_PODS = 5000;

/** Rules about the cluster's zone, where it is served and what is left out of it. */
export function lintZones(input: LintInput): readonly LintProblem[] {
  return [
    ...clusterZone(input),
    ...placeholders(input),
    ...input.servers.flatMap((server) => [
      ...directivesNamed(server, 'kubernetes').flatMap((line) => kubernetes(input, server, line)),
      ...directivesNamed(server, 'autopath').flatMap((line) => autopath(server, line)),
    ]),
  ];
}

function clusterZone({ servers, facts }: LintInput): readonly LintProblem[] {
  if (facts.program === 'node-cache') return [];
  const serving = servers.flatMap((server) => directivesNamed(server, 'kubernetes').map((line) => ({ server, line })));
  const [first] = servers;
  const [found] = serving;
  if (found === undefined) {
    if (first === undefined || !facts.cluster) return [];
    const fact = `plugins: ${[...new Set(servers.flatMap(({ directives }) => directives.map(({ name }) => name)))].join(' ')}`;
    return [problem('no-cluster-zone', 'critical', first, fact, { zone: facts.domain?.zone ?? 'cluster.local.' })];
  }
  const { domain } = facts;
  if (domain === undefined) return [];
  const zones = serving.flatMap(({ server, line }) => zonesOf(server, line));
  if (zones.some((zone) => zone === domain.zone)) return [];
  const served = zones.filter((zone) => !isReverseZone(zone));
  const args = { zone: domain.zone, served: served.join(' ') || zones.join(' '), source: domain.source };
  return [problem('wrong-cluster-domain', 'critical', found.line, `kubernetes ${found.line.args.join(' ')}`, args)];
}

/** Zones that a `kubernetes` line serves. */
export function zonesOf(server: ServerView, line: DirectiveView): readonly string[] {
  return line.args.length > 0 ? line.args.map(normalName) : server.zones;
}

/** What scripts fill in before the file is used: `__PILLAR__DNS__SERVER__` of NodeLocal, `CLUSTER_DOMAIN` of deploy.sh. */
const PLACEHOLDER = /__[A-Z]+(?:__[A-Z]+)*__|^(?:CLUSTER_DOMAIN|REVERSE_CIDRS|UPSTREAMNAMESERVER|CLUSTER_DNS_IP)$/;

/** The node cache fills these in by itself when it starts. */
const FILLED_BY_NODE_CACHE = ['__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__'];

function placeholders({ servers, facts }: LintInput): readonly LintProblem[] {
  return servers.flatMap((server) => {
    const key = server.zones.find((zone) => PLACEHOLDER.test(zone.toUpperCase().replace(/\.$/, '')));
    const keys =
      key === undefined ? [] : [problem('placeholder-left', 'critical', server, key, { word: key.toUpperCase() })];
    const words = server.directives.flatMap((directive) =>
      [directive, ...directive.options].flatMap(({ args, file, line }) => {
        const word = args.find((arg) => PLACEHOLDER.test(arg) && !isFilledIn(arg, facts.program));
        const fact = `${directive.name} ${args.join(' ')}`;
        return word === undefined ? [] : [problem('placeholder-left', 'critical', { file, line }, fact, { word })];
      }),
    );
    return [...keys, ...words];
  });
}

function isFilledIn(word: string, program: 'coredns' | 'node-cache'): boolean {
  return program === 'node-cache' && FILLED_BY_NODE_CACHE.includes(word);
}

function kubernetes(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const zones = zonesOf(server, line);
  const reverse = zones.filter(isReverseZone);
  const falls = optionNamed(line, 'fallthrough');
  const covered =
    falls !== undefined &&
    (falls.args.length === 0 ||
      reverse.every((zone) => falls.args.map(normalName).includes(zone) || falls.args.includes('.')));
  const upstream = ['forward', 'proxy', 'grpc'].some((name) => hasPlugin(server, name));
  return [
    ...(reverse.length > 0 && !covered && upstream && isWide(reverse)
      ? [
          problem('reverse-zones-end-here', 'warning', line, `kubernetes ${line.args.join(' ')}`, {
            zones: reverse.join(' '),
          }),
        ]
      : []),
    ...leftOut(input, line),
    ...watching(input, line),
    ...withoutEffect(input, line),
  ];
}

/** Whole trees of addresses hold those of other networks too; the range of the cluster's own Services does not. */
function isWide(zones: readonly string[]): boolean {
  return zones.some((zone) => /^(\d+\.)?(in-addr|ip6)\.arpa\.$/.test(zone));
}

function leftOut({ facts, clusterZone = '' }: LintInput, line: DirectiveView): readonly LintProblem[] {
  return line.options.flatMap((option) => {
    const what = {
      noendpoints: 'headless Services have no addresses',
      ignore: option.args[0] === 'empty_service' ? 'Services without ready pods do not exist' : undefined,
      namespaces: `only Services of ${option.args.join(' and ')} have names`,
      namespace_labels: `only Services of namespaces with ${option.args.join(' ')} have names`,
      labels: `only Services with ${option.args.join(' ')} have names`,
    }[option.name];
    if (what === undefined) return [];
    const lost = (facts.asked ?? []).map(normalName).find((name) => isOfOthers(name, clusterZone, option.args));
    if (option.name === 'namespaces' && lost !== undefined)
      return [
        problem('records-left-out', 'critical', option, `namespaces ${option.args.join(' ')}`, {
          what: `${what}, and ${lost.replace(/\.$/, '')} has none`,
        }),
      ];
    return [problem('records-left-out', 'warning', option, `${option.name} ${option.args.join(' ')}`.trim(), { what })];
  });
}

/** `web.shop.svc.cluster.local.` where namespace shop is not among these. */
function isOfOthers(name: string, zone: string, namespaces: readonly string[]): boolean {
  const labels = isBelow(name, `svc.${zone}`) ? name.slice(0, -`.svc.${zone}`.length).split('.') : [];
  return labels.length > 1 && !namespaces.includes(labels.at(-1) ?? '');
}

function watching({ facts }: LintInput, line: DirectiveView): readonly LintProblem[] {
  const option = optionNamed(line, 'pods');
  if (option?.args[0] !== 'verified') return [];
  const many = facts.pods !== undefined && facts.pods >= MANY_PODS;
  const count = facts.pods === undefined ? '' : String(facts.pods);
  return [problem('pods-verified', many ? 'warning' : 'info', option, 'pods verified', { pods: count })];
}

function withoutEffect({ since }: LintInput, line: DirectiveView): readonly LintProblem[] {
  return line.options.flatMap((option) => {
    const why =
      option.name === 'upstream' && since('1.3.0')
        ? 'CNAMEs are resolved by the server itself since 1.3.0; from 1.7.0 on CoreDNS does not start with it'
        : option.name === 'resyncperiod' && since('1.5.0')
          ? 'the API is watched since 1.5.0; from 1.7.0 on CoreDNS does not start with it'
          : option.name === 'endpoint' && option.args.length > 1 && since('1.4.0')
            ? 'only the first address is used'
            : undefined;
    if (why === undefined) return [];
    return [
      problem('option-without-effect', 'info', option, `${option.name} ${option.args.join(' ')}`.trim(), {
        option: option.name,
        why,
      }),
    ];
  });
}

function autopath(server: ServerView, line: DirectiveView): readonly LintProblem[] {
  if (!line.args.includes('@kubernetes')) return [];
  const verified = directivesNamed(server, 'kubernetes').some(
    (one) => optionNamed(one, 'pods')?.args[0] === 'verified',
  );
  return verified ? [] : [problem('autopath-without-pods', 'warning', line, `autopath ${line.args.join(' ')}`)];
}
