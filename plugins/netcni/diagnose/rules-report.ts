import { kubeProxySetup } from '../../../shared/datapath/cni/kube-proxy.ts';
import type { Dump } from '../../../shared/datapath/dump/recognise.ts';
import type { NodeDumps } from '../../../shared/datapath/dump-files.ts';
import { proxiesInMode, proxiesOf } from '../../../shared/datapath/proxy/of-dumps.ts';
import type { Refusal } from '../../../shared/datapath/proxy/proxy-rules.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { rulesChecks } from '../checks/rules/checks.ts';
import { hiddenTable } from '../checks/rules/routing-rules.ts';

export interface RulesFrame {
  readonly source: string;
  readonly dumps: readonly NodeDumps[];
  /** Why there are no facts to hold them against. */
  readonly alone?: string | undefined;
}

/** What is wrong in the dumps, all nodes together, with what was read and what could not be judged. */
export function rulesReport(index: ClusterIndex, { source, dumps, alone }: RulesFrame): Report {
  const runs = dumps.flatMap((entry) => runChecks(rulesChecks, entry, '*', { index, now: index.now }));
  const [only, ...more] = dumps;
  const report = reportFromRuns(
    {
      command: 'netcni rules',
      target:
        only?.node !== undefined && more.length === 0
          ? { kind: 'Node', name: only.node }
          : alone !== undefined
            ? { kind: 'File', name: only?.files[0]?.path ?? '' }
            : { kind: 'Cluster', name: source.replace(/^(cluster|snapshot) /, '') },
      takenAt: index.takenAt,
      source,
      healthyHeadline: healthyHeadline(dumps),
      essential: [],
    },
    runs,
  );
  const strangers = report.findings.find(({ code }) => code === 'CNI817' || code === 'CNI818');
  const blind = dumps.flatMap((entry) => blindSpots(index, entry, alone));
  const notChecked = [...report.notChecked, ...(alone === undefined ? [] : [notCompared(alone)]), ...blind];
  const unjudged =
    report.verdict === 'healthy' &&
    (alone !== undefined || blind.some(({ check }) => check === 'service rules' || check === CUT));
  const why = alone === undefined ? blind[0]?.reason : `${report.headline}, but no cluster to compare them with`;
  return {
    ...report,
    ...(report.verdict === 'healthy' && strangers !== undefined
      ? { headline: `${report.headline}; ${strangers.summary}` }
      : {}),
    ...(unjudged ? { verdict: 'unknown' as const, headline: `could not tell: ${why ?? ''}` } : {}),
    notChecked,
    sections: [readSection(dumps), ...(alone === undefined ? [] : servicesSection(dumps))],
    data: {
      dumps: dumps.map(({ node, how, files }) => ({
        node: node ?? null,
        nodeToldBy: how,
        files: files.map((file) => ({ path: file.path, holds: file.dumps.map(dumpWords) })),
      })),
    },
  };
}

/** What is not judged of a dump that ends too early. */
const CUT = 'the rest of the dump';

function healthyHeadline(dumps: readonly NodeDumps[]): string {
  const nodes = dumps.flatMap(({ node }) => (node === undefined ? [] : [`node ${node}`]));
  const files = dumps.flatMap((entry) => (entry.node === undefined ? entry.files.map(({ path }) => path) : []));
  return `no fault in the dumps of ${joinNames([...nodes, ...files], 3)}`;
}

function notCompared(alone: string): NotChecked {
  return { check: 'Services, endpoints, pods and nodes', reason: `not compared: ${alone}` };
}

const WIDTH = 80;

/** Names of Services that are told at most. */
const MOST_NAMES = 8;

/** What kube-proxy's rules say of Services, where nothing else says it. */
function servicesSection(dumps: readonly NodeDumps[]): readonly Section[] {
  const rules = dumps.flatMap((entry) =>
    ([4, 6] as const).flatMap((family) => proxiesOf(entry, family)[0]?.rules ?? []),
  );
  const led = rules.reduce((sum, { portals }) => sum + portals.size, 0);
  const refused = [...new Set(rules.flatMap((one) => [...one.refused.values()].map(nameOfRefused)))];
  if (led + refused.length === 0) return [];
  const who = refused.length === 1 ? 'is behind it' : 'is behind them';
  const lines = [
    `${plural(led, 'port')} of Services ${led === 1 ? 'leads' : 'lead'} to endpoints`,
    ...(refused.length === 0 ? [] : [`refused, because nobody ${who}: ${joinNames(refused, MOST_NAMES)}`]),
  ];
  return [{ type: 'text', title: 'Services in the rules', lines: lines.flatMap((line) => wrap(line, WIDTH, '  ')) }];
}

function nameOfRefused({ comment, key }: Refusal): string {
  return comment.replace(/ has no( local)? endpoints$/, '') || key;
}

/** What was read, a file a line: names of files and nodes are too long for a table. */
function readSection(dumps: readonly NodeDumps[]): Section {
  return {
    type: 'text',
    title: 'Read',
    lines: dumps.flatMap(({ node, how, files }) =>
      files.flatMap((file) => {
        const whose =
          node === undefined ? 'node not known' : how === '--node' ? `node ${node}` : `node ${node} (by ${how})`;
        const holds = file.dumps.length === 0 ? 'nothing that is known' : file.dumps.map(dumpWords).join('; ');
        return wrap(`${file.path}: ${whose}; ${holds}`, WIDTH, '  ');
      }),
    ),
  };
}

/** `iptables-save: 226 rules in nat, filter`. */
function dumpWords(dump: Dump): string {
  switch (dump.kind) {
    case 'rules': {
      let rules = 0;
      for (const table of dump.tables) for (const chain of table.chains.values()) rules += chain.rules.length;
      const names = [...new Set(dump.tables.map(({ name }) => name))];
      const program =
        dump.tool === 'nft' ? 'nft' : dump.tables.some(({ family }) => family === 'ip6') ? 'ip6tables' : 'iptables';
      return `${program}: ${plural(rules, 'rule')} in ${joinNames(names, 4)}`;
    }
    case 'ipvs':
      return `ipvsadm: ${plural(dump.services.length, 'virtual server')}`;
    case 'routes':
      return `ip route: ${plural(dump.routes.length, 'route')}`;
    case 'routingRules':
      return `ip rule: ${plural(dump.rules.length, 'rule')}`;
    case 'links':
      return `ip link: ${plural(dump.links.length, 'interface')}`;
    case 'fdb':
      return `bridge fdb: ${plural(dump.entries.length, 'entry', 'entries')}`;
    case 'neighbours':
      return `ip neigh: ${plural(dump.entries.length, 'neighbour')}`;
    case 'conntrack':
      return `conntrack: ${plural(dump.flows.length, 'flow')}`;
    case 'settings':
      return `sysctl: ${plural(dump.values.size, 'setting')}`;
  }
}

function blindSpots(index: ClusterIndex, dumps: NodeDumps, alone: string | undefined): readonly NotChecked[] {
  const spots: NotChecked[] = [];
  for (const file of dumps.files) {
    if (file.dumps.length === 0) spots.push({ check: file.path, reason: file.hint ?? 'nothing was recognised in it' });
  }
  if (dumps.node === undefined && alone === undefined) {
    const reason = `which node ${dumps.files.map(({ path }) => path).join(', ')} comes from is not known: --node NODE`;
    spots.push({ check: 'filters, routes and tunnels of the node', reason });
  }
  for (const { cut } of dumps.rules) {
    if (cut !== undefined)
      spots.push({
        check: CUT,
        reason: `it ends in the middle of table ${cut}, which is not judged: take it again, whole`,
      });
  }
  const hidden = hiddenTable(index, dumps);
  if (hidden !== undefined)
    spots.push({
      check: 'routes of other tables',
      reason: `the routing rule "${hidden.text}" takes packets of pods to a table that is not in the dump: add ip route show table all`,
    });
  const rules = dumps.rules.length > 0 || dumps.ipvs.length > 0;
  const mode = kubeProxySetup(index).mode?.value;
  const proxies = ([4, 6] as const).flatMap((family) => proxiesInMode(dumps, family, mode));
  for (const kind of ['Service', 'EndpointSlice'] as const) {
    const { status, reason } = index.seen(kind);
    if (alone === undefined && rules && proxies.length > 0 && status !== 'ok' && index.list(kind).length === 0)
      spots.push({ check: 'service rules', reason });
  }
  if (dumps.ipvs.some(({ named }) => named > 0))
    spots.push({
      check: 'service rules',
      reason: 'ipvsadm printed names instead of numbers: give the output of ipvsadm -Ln',
    });
  if (rules && proxies.length === 0 && mode !== undefined) {
    const wanted = mode === 'nftables' ? 'nft list ruleset' : mode === 'ipvs' ? 'ipvsadm -Ln' : 'iptables-save';
    const tools = dumps.rules.map(({ tool }) => tool);
    const fits = mode === 'ipvs' ? dumps.ipvs.length > 0 : tools.includes(mode === 'nftables' ? 'nft' : 'iptables');
    if (!fits) {
      spots.push({
        check: 'rules for Services',
        reason: `kube-proxy runs in ${mode} mode: give the output of ${wanted}`,
      });
    }
  }
  return spots;
}
