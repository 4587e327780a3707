import { isBelow, normalName } from '../go/names.ts';
import { type LintInput, type LintProblem, problem } from './problem.ts';
import { type DirectiveView, directivesNamed, hasPlugin, optionNamed, type ServerView } from './views.ts';

/** Plugins that would answer what another one of the block does not. */
const ANSWERING = [
  'kubernetes',
  'forward',
  'proxy',
  'grpc',
  'file',
  'auto',
  'etcd',
  'secondary',
  'hosts',
  'k8s_external',
];

/** Rules about plugins that stand before `kubernetes` and may keep its names from it. */
export function lintAnswers(input: LintInput): readonly LintProblem[] {
  return input.servers.flatMap((server) => [
    ...directivesNamed(server, 'hosts').flatMap((line) => hidingHosts(input, server, line)),
    ...directivesNamed(server, 'template').flatMap((line) => hidingTemplate(input, server, line)),
    ...directivesNamed(server, 'rewrite').flatMap((line) => rewrites(input, server, line)),
  ]);
}

/** Whether a zone is, lies above, or lies below the cluster's, in a block that serves the cluster's names. */
function touchesCluster(
  { clusterZone }: LintInput,
  server: ServerView,
  zones: readonly string[],
): 'all' | 'part' | 'none' {
  if (clusterZone === undefined || !hasPlugin(server, 'kubernetes')) return 'none';
  if (zones.some((zone) => isBelow(clusterZone, zone))) return 'all';
  return zones.some((zone) => isBelow(zone, clusterZone)) ? 'part' : 'none';
}

function hidingHosts(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const zones = line.args.length > 1 ? line.args.slice(1).map(normalName) : server.zones;
  const overrides = overridden(input, line);
  if (optionNamed(line, 'fallthrough') !== undefined) return overrides;
  const others = ANSWERING.filter((name) => name !== 'hosts' && hasPlugin(server, name));
  const touches = touchesCluster(input, server, zones);
  if (touches === 'none' && others.length === 0) return overrides;
  const [zone = '.'] = zones;
  const args = { zone, cluster: input.clusterZone ?? '', all: touches === 'all' ? 'yes' : '' };
  const fact = `hosts ${line.args.join(' ')}`.trim();
  return [
    problem('hosts-hides-names', touches === 'all' ? 'critical' : 'warning', line, `${fact} without fallthrough`, args),
    ...overrides,
  ];
}

/** Entries of the list that are names of the cluster. */
function overridden({ clusterZone }: LintInput, line: DirectiveView): readonly LintProblem[] {
  if (clusterZone === undefined) return [];
  return line.options.flatMap((option) => {
    const name = option.args.find((word) => isBelow(normalName(word), clusterZone));
    if (name === undefined || !/^[0-9a-f.:]+$/i.test(option.name)) return [];
    const args = { zone: name, cluster: clusterZone, all: '', entry: option.name };
    return [problem('hosts-hides-names', 'warning', option, `${option.name} ${option.args.join(' ')}`, args)];
  });
}

/** Names that every cluster has or could have. */
function sampleNames(zone: string): readonly string[] {
  return [`kubernetes.default.svc.${zone}`, `kube-dns.kube-system.svc.${zone}`, `x9.y8.svc.${zone}`];
}

function hidingTemplate(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const [, type = '', ...rest] = line.args;
  const zones = rest.length > 0 ? rest.map(normalName) : server.zones;
  const touches = touchesCluster(input, server, zones);
  const patterns = line.options.filter(({ name }) => name === 'match').flatMap(({ args }) => args);
  const falls = optionNamed(line, 'fallthrough') !== undefined;
  const args = { zone: zones[0] ?? '.', cluster: input.clusterZone ?? '', type, all: 'yes' };
  const fact = `template ${line.args.join(' ')}`;
  // AAAA answered with nothing is how clusters without IPv6 spare lookups; it hides no address that works.
  const spares = type === 'AAAA' && !line.options.some(({ name }) => name === 'answer');
  if (touches === 'all' && input.clusterZone !== undefined) {
    const matched = sampleNames(input.clusterZone).some((name) => patterns.length === 0 || matchesAny(patterns, name));
    // musl takes NXDOMAIN for one type for a name that does not exist (name_from_dns in lookup_name.c); glibc and Go do not.
    if (spares && matched && /^nxdomain$/i.test(optionNamed(line, 'rcode')?.args[0] ?? '')) {
      const { musl } = input.facts;
      const severity = musl === undefined ? 'info' : 'critical';
      return [problem('template-denies-type', severity, line, fact, { type, pod: musl ?? '' }, 'likely')];
    }
    if (matched || !falls) {
      const why = matched ? fact : `${fact} without fallthrough`;
      return [problem('template-hides-names', spares ? 'info' : 'critical', line, why, args)];
    }
    return [];
  }
  const below = input.clusterZone === undefined ? undefined : belowServices(zones, input.clusterZone);
  const asked = (input.facts.asked ?? []).map(normalName).find((name) => zones.some((zone) => isBelow(name, zone)));
  if (touches === 'part' && below !== undefined && (patterns.length === 0 || matchesAny(patterns, `x9.y8.${below}`))) {
    // A template with an answer for a few names is how people give them addresses of their own.
    const meant =
      spares || (below !== `svc.${input.clusterZone}` && line.options.some(({ name }) => name === 'answer'));
    const wide = below === `svc.${input.clusterZone}` || asked !== undefined;
    const severity = meant ? 'info' : wide ? 'critical' : 'warning';
    return [problem('template-hides-names', severity, line, fact, { ...args, cluster: below })];
  }
  if (patterns.length === 0 || falls || !ANSWERING.some((name) => hasPlugin(server, name))) return [];
  return [problem('template-hides-names', 'warning', line, `${fact} without fallthrough`, { ...args, all: '' })];
}

/** The first zone in which names of Services lie. */
function belowServices(zones: readonly string[], clusterZone: string): string | undefined {
  return zones.find((zone) => isBelow(zone, `svc.${clusterZone}`));
}

/** Patterns are Go's; the few that JavaScript reads otherwise are taken not to match. */
function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => compile(pattern)?.test(name) === true);
}

function compile(pattern: string): RegExp | undefined {
  const flags = /^\(\?([imsU]+)\)/.exec(pattern);
  const source = pattern.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(source, flags?.[1]?.includes('i') === true ? 'i' : '');
  } catch {
    return undefined;
  }
}

interface NameRule {
  readonly match: string;
  readonly from: string;
  readonly to: string;
  readonly answer: boolean;
}

function nameRule(line: DirectiveView): NameRule | undefined {
  const words = [...line.args, ...line.options.flatMap(({ name, args }) => [name, ...args])];
  const flow = /^(stop|continue)$/i.test(words[0] ?? '') ? words.slice(1) : words;
  if (flow[0]?.toLowerCase() !== 'name') return undefined;
  const args = flow.slice(1);
  const short = args.length === 2;
  const match = short ? 'exact' : (args[0] ?? '').toLowerCase();
  const [from = '', to = ''] = short ? args : args.slice(1);
  return { match, from, to, answer: args.slice(short ? 2 : 3).includes('answer') };
}

function rewritten({ match, from, to }: NameRule, name: string): string | undefined {
  const [source, target] = match === 'regex' ? [from, to] : [normalName(from), normalName(to)];
  switch (match) {
    case 'exact':
      return name === source ? target : undefined;
    case 'prefix': {
      const start = from.toLowerCase();
      return name.startsWith(start) ? to + name.slice(start.length) : undefined;
    }
    case 'suffix':
      return name.endsWith(source) ? name.slice(0, -source.length) + target : undefined;
    case 'substring':
      return name.includes(from.toLowerCase()) ? name.replaceAll(from.toLowerCase(), to) : undefined;
    default: {
      const groups = compile(from)?.exec(name);
      if (groups === null || groups === undefined) return undefined;
      return normalName(to.replace(/\{(\d+)\}/g, (_, group: string) => groups[Number(group)] ?? ''));
    }
  }
}

function rewrites(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const rule = nameRule(line);
  if (rule === undefined) return [];
  const { clusterZone } = input;
  const words = `rewrite ${[...line.args, ...line.options.flatMap(({ name, args }) => [name, ...args])].join(' ')}`;
  const hides =
    clusterZone !== undefined && hasPlugin(server, 'kubernetes') ? hidden(rule, clusterZone, input) : undefined;
  if (hides !== undefined) {
    const args = { name: hides.name, becomes: hides.becomes, cluster: clusterZone ?? '' };
    return [problem('rewrite-hides-names', hides.severity, line, words, args)];
  }
  if (rule.match === 'exact' || rule.answer) return [];
  return [problem('rewrite-answer-unlike-question', 'warning', line, words, { rule: `${rule.match} ${rule.from}` })];
}

interface Hidden {
  readonly name: string;
  readonly becomes: string;
  readonly severity: LintProblem['severity'];
}

/** A name of the cluster that the rule turns into another one. */
function hidden(
  rule: NameRule,
  zone: string,
  { facts: { services, seenServices = [], asked = [] } }: LintInput,
): Hidden | undefined {
  for (const name of [...asked.map(normalName).filter((one) => isBelow(one, zone)), ...sampleNames(zone)]) {
    const becomes = rewritten(rule, name);
    if (becomes !== undefined && becomes !== name) return { name, becomes, severity: 'critical' };
  }
  for (const key of services ?? seenServices) {
    const [namespace = '', service = ''] = key.split('/');
    const name = `${service}.${namespace}.svc.${zone}`;
    const becomes = rewritten(rule, name);
    if (becomes !== undefined && becomes !== name) return { name, becomes, severity: 'warning' };
  }
  const [from, to] = [normalName(rule.from), normalName(rule.to)];
  if (rule.match !== 'exact' || !isBelow(from, zone) || from === zone) return undefined;
  // A name that no Service has is another name for one, which is what such rules are made for.
  if (services === undefined) return { name: from, becomes: to, severity: 'info' };
  const [service, namespace, kind] = to.slice(0, -zone.length).split('.').slice(-4);
  const lost = isBelow(to, `svc.${zone}`) && kind === 'svc' && !services.has(`${namespace}/${service}`);
  return lost ? { name: from, becomes: to, severity: 'warning' } : undefined;
}
