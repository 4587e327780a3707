import { mtuSetup } from '../../../shared/datapath/cni/mtu-setup.ts';
import { flannelReckons, segmentSize } from '../../../shared/datapath/mtu.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { NotChecked, Report, Section } from '../../../shared/report/report.ts';
import { checks } from '../checks/checks.ts';
import { networkWords } from '../facts/network-words.ts';
import { type NodeMtu, nodeMtus } from '../facts/node-mtu.ts';

/** The checks that judge an MTU. */
const GROUPS: ReadonlySet<string> = new Set([
  'netcni/configured-mtu-too-large',
  'netcni/node-mtus-differ',
  'netcni/links',
]);
/** Codes of other faults that these checks also know. */
const OTHER = /^CNI835$/;

export interface MtuFrame {
  readonly source: string;
  readonly node: string | undefined;
}

/** What is left for pods on each node, and how it was reckoned. */
export function mtuReport(index: ClusterIndex, { source, node }: MtuFrame): Report {
  const subject = node === undefined ? {} : { node };
  const runs = runChecks(
    checks.filter(({ id }) => GROUPS.has(id)),
    subject,
    '*',
    { index, now: index.now },
  ).map((run) => {
    if (run.outcome.result !== 'fail') return run;
    const findings = run.outcome.findings.filter(({ code }) => !OTHER.test(code));
    return {
      ...run,
      outcome: findings.length === 0 ? { result: 'pass' as const } : { result: 'fail' as const, findings },
    };
  });
  const { overhead, nodes } = nodeMtus(index);
  const shown = nodes.filter((entry) => node === undefined || entry.node === node);
  const plugin = mtuSetup(index)?.plugin;
  const frame = {
    command: 'netcni mtu',
    target:
      node === undefined
        ? { kind: 'Cluster', name: source.replace(/^(cluster|snapshot) /, '') }
        : { kind: 'Node', name: node },
    takenAt: index.takenAt,
    source,
    healthyHeadline:
      plugin === undefined || overhead === undefined
        ? 'no network plugin was recognised: nothing to reckon with'
        : `${networkWords(plugin)} takes ${overhead.bytes} bytes of each packet between nodes: no fault found`,
    essential: [],
  };
  const report = reportFromRuns(frame, runs);
  const blind: readonly NotChecked[] = shown.some(({ underlay }) => !underlay.proven)
    ? [
        {
          check: 'interfaces of nodes',
          reason: 'objects do not tell their MTU: ip -d link on a node, given to kubectl netcni rules, proves it',
        },
      ]
    : [];
  const unknown = report.verdict === 'healthy' && plugin === undefined;
  return {
    ...report,
    ...(unknown ? { verdict: 'unknown' as const, headline: 'could not tell: no network plugin was recognised' } : {}),
    notChecked: [...report.notChecked, ...blind],
    sections: [arithmetic(index, overhead?.layers, shown), ...(shown.length === 0 ? [] : [tableOf(shown)])],
    data: { overhead: overhead ?? null, nodes: shown },
  };
}

function arithmetic(
  index: ClusterIndex,
  known: readonly { readonly wrapping: string; readonly bytes: number; readonly parts: string }[] | undefined,
  nodes: readonly NodeMtu[],
): Section {
  const fits = nodes[0]?.fits;
  const layers = known ?? [];
  const setup = mtuSetup(index)?.setup;
  const short =
    setup?.plugin === 'flannel' && flannelReckons(setup).bytes < layers.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    type: 'text',
    title: 'Arithmetic',
    lines: [
      ...(known === undefined ? ['not known: what is wrapped around packets between nodes'] : []),
      ...(known?.length === 0 ? ['nothing is wrapped around packets between nodes'] : []),
      ...layers.map(({ wrapping, bytes, parts }) => `${wrapping.padEnd(10)} ${String(bytes).padStart(4)}  ${parts}`),
      ...(short ? FLANNEL_OVER_IPV6 : []),
      ...(layers.length > 1 ? ['each packet is wrapped twice: both count'] : []),
      ...(fits === undefined
        ? []
        : [`a TCP segment then carries at most ${segmentSize(fits, 4)} bytes (IPv6: ${segmentSize(fits, 6)})`]),
    ],
  };
}

const FLANNEL_OVER_IPV6 = [
  'Flannel itself reckons with 20 bytes less, those of IPv4: its pods send packets',
  'that are too large by as much, until the node tells them so (packet too big);',
  'a Backend.MTU in net-conf.json that is 20 less spares them that',
];

function tableOf(nodes: readonly NodeMtu[]): Section {
  const groups = new Map<string, NodeMtu[]>();
  for (const entry of nodes) {
    const key = JSON.stringify([entry.underlay, entry.fits, entry.actual]);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [entry]);
    else list.push(entry);
  }
  return {
    type: 'table',
    title: 'Nodes',
    head: ['NODE', 'BENEATH', 'FITS', 'PODS HAVE', 'WHERE FROM'],
    rows: [...groups.values()].map((list) => {
      const [first] = list;
      const name = list.length === 1 ? (first?.node ?? '') : `${first?.node ?? ''} and ${list.length - 1} more`;
      return [
        name,
        `${first?.underlay.mtu ?? ''}${first?.underlay.proven === false ? '?' : ''}`,
        first?.fits === undefined ? '-' : `${first.fits}${first.underlay.proven ? '' : '?'}`,
        first?.actual === undefined ? 'not seen' : String(first.actual.mtu),
        [first?.underlay.source, first?.actual?.source].filter((part) => part !== undefined).join('; '),
      ];
    }),
  };
}
