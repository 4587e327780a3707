import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import type { NotChecked, Report, Section, Verdict } from '../../../shared/report/report.ts';
import { compareText, joinNames, plural } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { nodesOf } from '../cluster-subject.ts';
import { networkWords } from '../facts/network-words.ts';
import { nodeFacts } from '../facts/nodes.ts';
import { unknownNetwork } from '../facts/unknown-network.ts';
import { type BlindSpot, blindSpots } from './blind-spots.ts';
import { withPartlyRead } from './partly-read.ts';
import { type YoungNodes, youngNodes } from './young-nodes.ts';

export interface CheckFrame {
  readonly source: string;
  /** The node asked about; undefined for all of them. */
  readonly node: string | undefined;
}

/** The network of the cluster, or what concerns one node of it: causes ranked, nodes worst first. */
export function checkReport(index: ClusterIndex, { source, node }: CheckFrame): Report {
  const subject = node === undefined ? {} : { node };
  const context = { index, now: index.now };
  const judged = withPartlyRead(runChecks(checks, subject, '*', context), checks, subject, context);
  const runs = judged.map((run) =>
    run.outcome.result === 'fail' && node !== undefined
      ? { ...run, outcome: withNode(run.outcome.findings, node) }
      : run,
  );
  const young = youngNodes(index, runs, node);
  const report = reportFromRuns(
    {
      command: 'netcni check',
      target: node === undefined ? clusterRef(source) : { kind: 'Node', name: node },
      takenAt: index.takenAt,
      source,
      healthyHeadline: healthyHeadline(index, node) + (young === undefined ? '' : `; ${young.words}`),
      essential: ['netcni/kubelet-silent'],
    },
    runs,
  );
  const seen = withBlindSpots(report, [...blindSpots(index), ...youngSpots(index, young, node)]);
  const rows = nodeRows(index, seen, node, young?.names ?? []);
  return {
    ...seen,
    sections: sectionsOf(rows, seen),
    data: {
      nodes: rows.map(({ name, verdict, causes }) => ({ name, verdict, codes: causes.map(({ code }) => code) })),
    },
  };
}

/** The cluster as the target of a question. */
export function clusterRef(source: string): Ref {
  return { kind: 'Cluster', name: source.replace(/^(cluster|snapshot) /, '') };
}

function withNode(
  findings: readonly Finding[],
  node: string,
): { result: 'fail'; findings: readonly Finding[] } | { result: 'pass' } {
  const own = findings.filter((finding) => nodesOf(finding)?.includes(node) ?? true);
  return own.length === 0 ? { result: 'pass' } : { result: 'fail', findings: own };
}

function healthyHeadline(index: ClusterIndex, node: string | undefined): string {
  const { primary } = detectNetwork(index);
  const nodes = nodeFacts(index).length;
  const what =
    primary !== undefined
      ? networkWords(primary)
      : unknownNetwork(index)?.byHand === true
        ? 'a network without an agent'
        : 'no known network plugin';
  return node === undefined
    ? `${what} on ${plural(nodes, 'node')}: the objects show no fault`
    : `${what} on node ${node}: the objects show no fault`;
}

/** What could not be seen; a network that nothing was seen of is not healthy. */
function withBlindSpots(report: Report, spots: readonly BlindSpot[]): Report {
  if (spots.length === 0) return report;
  const known = new Set(report.notChecked.map(({ reason }) => reason));
  const notChecked: readonly NotChecked[] = [
    ...report.notChecked,
    ...spots.filter(({ reason }) => !known.has(reason)).map(({ check, reason }) => ({ check, reason })),
  ];
  const missing = spots.filter(({ essential }) => essential).map(({ reason }) => reason);
  if (report.verdict !== 'healthy' || missing.length === 0) return { ...report, notChecked };
  const headline = `could not tell: ${joinNames([...new Set(missing)], 2)}`;
  return { ...report, notChecked, verdict: 'unknown', headline };
}

/** Where no node is old enough, or the one asked about is not, nothing can be told. */
function youngSpots(
  index: ClusterIndex,
  young: YoungNodes | undefined,
  node: string | undefined,
): readonly BlindSpot[] {
  if (young === undefined) return [];
  return [
    {
      check: 'young nodes',
      reason: young.reason,
      essential: node !== undefined || young.names.length === nodeFacts(index).length,
    },
  ];
}

interface NodeRow {
  readonly name: string;
  readonly verdict: Verdict;
  readonly causes: readonly Finding[];
}

const ORDER: readonly Verdict[] = ['broken', 'degraded', 'unknown', 'healthy'];

/** Nodes with the causes that name them, worst first. */
function nodeRows(
  index: ClusterIndex,
  report: Report,
  only: string | undefined,
  young: readonly string[],
): readonly NodeRow[] {
  const byNode = new Map<string, Finding[]>();
  for (const cause of report.causes) {
    for (const name of nodesOf(cause) ?? []) {
      const list = byNode.get(name);
      if (list === undefined) byNode.set(name, [cause]);
      else list.push(cause);
    }
  }
  return nodeFacts(index)
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, standing }): NodeRow => {
      const causes = byNode.get(name) ?? [];
      const critical = causes.some(({ severity }) => severity === 'critical');
      const verdict = critical
        ? 'broken'
        : causes.length > 0
          ? 'degraded'
          : standing === 'unreported' || young.includes(name)
            ? 'unknown'
            : 'healthy';
      return { name, verdict, causes };
    })
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || compareText(a.name, b.name));
}

/** As many rows as a screen holds; the rest is counted. */
const ROWS = 15;

function sectionsOf(rows: readonly NodeRow[], report: Report): readonly Section[] {
  const bad = rows.filter(({ causes }) => causes.length > 0);
  if (bad.length === 0 || report.verdict === 'healthy') return [];
  const rest = rows.length - bad.length;
  const hidden = bad.length - ROWS;
  const lines = [
    ...(hidden > 0 ? [`${plural(hidden, 'more node')} with faults: -o json`] : []),
    ...(rest > 0 ? [`${plural(rest, 'node')} without a fault of ${rest === 1 ? 'its' : 'their'} own`] : []),
  ];
  return [
    {
      type: 'table',
      title: 'Nodes',
      head: ['NODE', 'VERDICT', 'CODE', 'CAUSE'],
      rows: bad
        .slice(0, ROWS)
        .map(({ name, verdict, causes }) => [
          name,
          verdict.toUpperCase(),
          causes[0]?.code ?? '',
          causes[0]?.summary ?? '',
        ]),
      short: bad.slice(0, ROWS).map(({ causes }) => (causes[0]?.slug ?? '').replaceAll('-', ' ')),
    },
    ...(lines.length === 0 ? [] : [{ type: 'text' as const, lines }]),
  ];
}
