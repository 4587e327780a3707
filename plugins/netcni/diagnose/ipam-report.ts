import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { runChecks } from '../../../shared/diagnose/run-checks.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { podAddresses, podKey } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { countAddresses } from '../../../shared/util/addresses.ts';
import { compareText, joinNames, plural } from '../../../shared/util/text.ts';
import { countWords, whenFull } from '../checks/addresses/address-words.ts';
import { addressChecks } from '../checks/addresses/checks.ts';
import { ciliumNoRange } from '../checks/cilium/cilium.ts';
import { awsRights } from '../checks/others/aws-rights.ts';
import { awsMaxPods, azureAddresses, eniConfigMissing } from '../checks/others/clouds.ts';
import { ovnSubnetMissing } from '../checks/others/others.ts';
import { nodesOf } from '../cluster-subject.ts';
import { addressedPods, type NodeAddresses, nodeAddresses } from '../facts/addresses.ts';
import { blocksOf, poolUses } from '../facts/calico-blocks.ts';
import { cidrs } from '../facts/nodes.ts';
import { countedSubnets } from '../facts/subnets.ts';
import { clusterRef } from './check-report.ts';

/** What those who hand out addresses say of their own. */
const givers = [ciliumNoRange, ovnSubnetMissing, azureAddresses, eniConfigMissing, awsMaxPods, awsRights];

/** Pod addresses: what is wrong with them, and the numbers. */
export function ipamReport(
  index: ClusterIndex,
  { source, node }: { readonly source: string; readonly node: string | undefined },
): Report {
  const runs = runChecks([...addressChecks, ...givers], {}, '*', { index, now: index.now }).map((run) => {
    if (run.outcome.result !== 'fail' || node === undefined) return run;
    const findings = run.outcome.findings.filter((finding) => nodesOf(finding)?.includes(node) ?? true);
    return {
      ...run,
      outcome: findings.length === 0 ? ({ result: 'pass' } as const) : ({ result: 'fail', findings } as const),
    };
  });
  const entries = nodeAddresses(index).filter(({ name }) => node === undefined || name === node);
  const report = reportFromRuns(
    {
      command: 'netcni ipam',
      target: node === undefined ? clusterRef(source) : { kind: 'Node', name: node },
      takenAt: index.takenAt,
      source,
      healthyHeadline: headline(index, entries),
      essential: ['netcni/node-short-of-addresses'],
    },
    runs,
  );
  return {
    ...report,
    headline: report.headline + (report.verdict === 'unknown' ? partWords(entries) : ''),
    ladder: [],
    sections: [
      ...poolSection(index),
      ...subnetSection(index),
      ...(entries.length === 0 ? [] : [nodeSection(entries)]),
      ...holderSection(index, node),
      ...waitingSection(entries),
    ],
    data: {
      nodes: entries.map(({ waiting, ...rest }) => ({
        ...rest,
        free: freeOf(rest),
        waiting: waiting.map(({ key, cause }) => ({
          pod: key,
          why: cause.meaning === '' ? cause.words : cause.meaning,
        })),
      })),
      pools: poolUses(index).map(({ pool, cidr, total, used, freeBlocks, blockSize }) => ({
        name: nameOf(pool),
        cidr,
        total,
        used,
        freeBlocks,
        blockSize,
      })),
      subnets: countedSubnets(index),
      leaked: [...blocksOf(index).values()].flatMap(({ leaked }) => leaked),
    },
  };
}

function freeOf({ capacity, used }: Pick<NodeAddresses, 'capacity' | 'used'>): number | undefined {
  return capacity === undefined || used === undefined ? undefined : Math.max(0, capacity - used);
}

function headline(index: ClusterIndex, entries: readonly NodeAddresses[]): string {
  const counted = entries.filter(({ capacity, used }) => capacity !== undefined && used !== undefined);
  const capacity = counted.reduce((sum, entry) => sum + (entry.capacity ?? 0), 0);
  const used = counted.reduce((sum, entry) => sum + (entry.used ?? 0), 0);
  const what = detectNetwork(index).primary?.title ?? 'pod addresses';
  const [subnet, ...more] = countedSubnets(index).filter(({ total }) => total > 0);
  if (counted.length === 0 && subnet !== undefined && more.length === 0)
    return `${what}: ${subnet.used} of ${countWords(subnet.total)} addresses of ${subnet.kind} ${subnet.name} used`;
  if (counted.length === 0 && entries.some(({ ranges }) => ranges.some((text) => text.includes(':'))))
    return `${what}: nodes give addresses from ranges of IPv6 that cannot run out`;
  if (counted.length === 0) return `${what}: no node tells how many pod addresses it has`;
  const when = whenFull(
    index,
    counted.map(({ name }) => name),
    capacity - used,
  );
  return `${what}: ${used} of ${capacity} pod addresses used on ${plural(counted.length, 'node')}${when}`;
}

/** What is known all the same, where not all pods were read. */
function partWords(entries: readonly NodeAddresses[]): string {
  const part = entries.filter(({ atLeast }) => atLeast !== undefined);
  const held = part.reduce((sum, { atLeast = 0 }) => sum + atLeast, 0);
  if (held === 0) return '';
  const sizes = part.flatMap(({ capacity }) => capacity ?? []);
  const of = sizes.length < part.length ? '' : ` of ${sizes.reduce((sum, size) => sum + size, 0)}`;
  return `; those that were read hold ${held}${of} pod addresses on ${plural(part.length, 'node')}`;
}

function poolSection(index: ClusterIndex): readonly Section[] {
  const pools = poolUses(index);
  if (pools.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Pools',
      head: ['POOL', 'CIDR', 'USED', 'TOTAL', 'FREE BLOCKS', 'NODES'],
      rows: pools.map(({ pool, cidr, used, total, freeBlocks, blockSize }) => [
        `${nameOf(pool)}${pool.spec?.disabled === true ? ' (disabled)' : ''}`,
        cidr,
        countWords(used),
        countWords(total),
        `${countWords(freeBlocks)} of ${blockSize}`,
        pool.spec?.nodeSelector ?? 'all()',
      ]),
    },
  ];
}

function subnetSection(index: ClusterIndex): readonly Section[] {
  const subnets = countedSubnets(index).filter(({ total }) => total > 0);
  if (subnets.length === 0) return [];
  const leaks = subnets.some(({ gone }) => gone !== undefined);
  return [
    {
      type: 'table',
      title: 'Subnets',
      head: ['SUBNET', 'USED', 'TOTAL', ...(leaks ? ['BY PODS THAT ARE GONE'] : [])],
      rows: subnets.map(({ kind, name, used, total, gone }) => [
        `${kind} ${name}`,
        countWords(used),
        countWords(total),
        ...(leaks ? [gone === undefined ? '' : String(gone)] : []),
      ]),
    },
  ];
}

function nodeSection(entries: readonly NodeAddresses[]): Section {
  const share = ({ capacity, used }: NodeAddresses): number =>
    capacity === undefined || capacity === 0 ? 0 : (used ?? 0) / capacity;
  const sorted = [...entries].sort(
    (a, b) => b.waiting.length - a.waiting.length || share(b) - share(a) || compareText(a.name, b.name),
  );
  const blocks = entries.some(({ scheme }) => scheme === 'blocks');
  const show = (value: number | undefined): string => (value === undefined ? '?' : String(value));
  return {
    type: 'table',
    title: 'Nodes',
    head: ['NODE', 'CAPACITY', 'USED', 'FREE', 'WAITING', ...(blocks ? ['LEAKED', 'BORROWED'] : []), 'RANGES'],
    rows: sorted.map((entry) => [
      entry.name,
      entry.capacity === undefined ? sizeWords(entry.ranges) : show(entry.capacity),
      entry.used === undefined && (entry.atLeast ?? 0) > 0 ? `${entry.atLeast}+` : show(entry.used),
      show(freeOf(entry)),
      String(entry.waiting.length),
      ...(blocks ? [String(entry.leaked), String(entry.borrowed)] : []),
      // Beside two columns more a second range does not fit.
      joinNames(entry.ranges, blocks ? 1 : 2),
    ]),
  };
}

/** Ranges of IPv6 that are too large to be counted: `2^64`. */
function sizeWords(ranges: readonly string[]): string {
  const [range] = cidrs(ranges);
  return range?.range.family === 6 ? countWords(Number(countAddresses(range.range))) : '?';
}

/** For one node: the pods that hold its addresses. */
function holderSection(index: ClusterIndex, node: string | undefined): readonly Section[] {
  if (node === undefined) return [];
  const pods = addressedPods(index, node);
  if (pods.length === 0) return [];
  return [
    {
      type: 'table',
      title: isWhollyRead(index, 'Pod') ? 'Held by' : 'Held by (of the pods that were read)',
      head: ['ADDRESS', 'POD'],
      rows: pods.map((pod) => [podAddresses(pod).join(', '), podKey(pod)]),
    },
  ];
}

function waitingSection(entries: readonly NodeAddresses[]): readonly Section[] {
  const waiting = entries.flatMap((entry) => entry.waiting);
  if (waiting.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Pods without address',
      head: ['POD', 'NODE', 'WHY'],
      rows: waiting.map(({ key, node, cause }) => [key, node, cause.meaning === '' ? cause.words : cause.meaning]),
    },
  ];
}
