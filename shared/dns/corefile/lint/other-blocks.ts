import { coversRange, parseCidr, wholeFamily } from '../../../util/addresses.ts';
import { isBelow, normalName } from '../go/names.ts';
import { type LintInput, type LintProblem, problem } from './problem.ts';
import { type DirectiveView, directivesNamed, hasPlugin, type OptionView, type ServerView } from './views.ts';
import { zonesOf } from './zones.ts';

/** Rules about queries for names of the cluster that never come to the plugin `kubernetes`. */
export function lintOtherBlocks(input: LintInput): readonly LintProblem[] {
  if (input.facts.program === 'node-cache') return [];
  return input.servers.flatMap((server) => [
    ...otherBlock(input, server),
    ...directivesNamed(server, 'acl').flatMap((line) => shutOut(input, server, line)),
  ]);
}

/** CoreDNS gives a query to the block with the longest zone that fits, and to no other. */
function otherBlock({ servers, clusterZone, facts }: LintInput, server: ServerView): readonly LintProblem[] {
  if (clusterZone === undefined || hasPlugin(server, 'kubernetes') || hasPlugin(server, 'view')) return [];
  const main = servers.find((one) =>
    directivesNamed(one, 'kubernetes').some((line) => zonesOf(one, line).includes(clusterZone)),
  );
  const apart =
    main !== undefined &&
    main.listen.length > 0 &&
    server.listen.length > 0 &&
    !main.listen.some((address) => server.listen.includes(address));
  if (main === undefined || apart || !main.ports.some((port) => server.ports.includes(port))) return [];
  for (const zone of server.zones.filter((one) => isBelow(one, clusterZone))) {
    const labels = zone
      .slice(0, -clusterZone.length)
      .split('.')
      .filter((label) => label !== '');
    const [service, namespace] = labels.length === 3 ? labels : [undefined, labels[0]];
    // Other names below the domain, as consul.cluster.local, are nobody's in the cluster.
    if (labels.length > 3 || (labels.length > 0 && labels.at(-1) !== 'svc')) continue;
    const whole = labels.length < 2;
    const known = [...(facts.services ?? [])].some((key) =>
      service === undefined ? key.startsWith(`${namespace}/`) : key === `${namespace}/${service}`,
    );
    // The names of a namespace that is not here may be those of another cluster.
    if (!whole && facts.services !== undefined && !known) continue;
    const args = { zone, cluster: clusterZone };
    const fact = `${server.zones.join(' ')} { ${server.directives.map(({ name }) => name).join(' ')} }`;
    const sure = whole || known;
    return [
      problem('zone-served-elsewhere', sure ? 'critical' : 'warning', server, fact, args, sure ? 'proven' : 'likely'),
    ];
  }
  return [];
}

const REFUSING = ['block', 'filter', 'drop'];

/** The first rule that fits a client decides. */
function shutOut(input: LintInput, server: ServerView, line: DirectiveView): readonly LintProblem[] {
  const { clusterZone = '.', facts } = input;
  const zones = line.args.length > 0 ? line.args.map(normalName) : server.zones;
  if (!hasPlugin(server, 'kubernetes') || !zones.some((zone) => isBelow(clusterZone, zone))) return [];
  const ranges = (facts.podRanges ?? []).flatMap((range) => parseCidr(range) ?? []);
  const clients = ranges.length > 0 ? ranges : [wholeFamily(4)];
  for (const client of clients) {
    const rule = line.options.find(
      (option) => concernsAddresses(option) && netsOf(option).some((net) => coversRange(net, client)),
    );
    if (rule === undefined || !REFUSING.includes(rule.name)) continue;
    const words = `${rule.name} ${rule.args.join(' ')}`.trim();
    return [problem('acl-shuts-out-pods', 'critical', rule, `acl: ${words}`, { rule: words })];
  }
  return [];
}

/** `type` names the types of queries that a rule is about; without it all are meant. */
function concernsAddresses({ args }: OptionView): boolean {
  const at = args.indexOf('type');
  if (at < 0) return true;
  const end = args.indexOf('net', at);
  return args.slice(at + 1, end < 0 ? undefined : end).some((type) => /^(A|\*)$/i.test(type));
}

function netsOf({ args }: OptionView) {
  const at = args.indexOf('net');
  if (at < 0) return [wholeFamily(4), wholeFamily(6)];
  const end = args.indexOf('type', at);
  return args
    .slice(at + 1, end < 0 ? undefined : end)
    .flatMap((net) =>
      net === '*' ? [wholeFamily(4), wholeFamily(6)] : (parseCidr(net.includes('/') ? net : `${net}/32`) ?? []),
    );
}
