import { reportFromRuns } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { NotChecked, Report } from '../../../shared/report/report.ts';
import { countAddresses } from '../../../shared/util/addresses.ts';
import { plural } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { type MappedRange, mappedRanges, type Overlap, overlapsIn } from '../facts/range-map.ts';
import { rulesPacketsMessages as messages } from '../messages/rules-packets.ts';
import { drawRanges } from './draw-ranges.ts';

export interface RangesFrame {
  readonly source: string;
  readonly peers: readonly string[];
}

/** The map of ranges, with the judgement of their checks and of ranges that the user named. */
export function rangesReport(index: ClusterIndex, { source, peers }: RangesFrame): Report {
  const all = mappedRanges(index, peers);
  const clashes = overlapsIn(all);
  const runs = [
    ...runChecks(
      checks.filter(({ group }) => group === 'ranges'),
      {},
      '*',
      { index, now: index.now },
    ),
    ...peerRuns(clashes),
  ];
  const report = reportFromRuns(
    {
      command: 'netcni ranges',
      target: { kind: 'Cluster', name: source.replace(/^(cluster|snapshot) /, '') },
      takenAt: index.takenAt,
      source,
      healthyHeadline: `${plural(all.length, 'range')} of addresses, none overlaps another`,
      essential: ['netcni/ranges-overlap'],
    },
    runs,
  );
  return {
    ...report,
    ...(report.verdict === 'healthy' && all.length === 0
      ? { verdict: 'unknown' as const, headline: 'could not tell: no range was seen' }
      : {}),
    notChecked: [...report.notChecked, ...unseenServices(all)],
    sections: [
      { type: 'text', title: 'Map', lines: drawRanges(all, clashes) },
      ...(clashes.length === 0
        ? []
        : [
            {
              type: 'table' as const,
              title: 'Overlaps',
              head: ['RANGE', 'OF', 'OVERLAPS', 'OF'],
              rows: clashes.slice(0, 20).map(({ a, b }) => [a.text, a.owner, b.text, b.owner]),
            },
          ]),
    ],
    data: {
      ranges: all.map(({ kind, text, owner, source: from, range }) => ({
        kind,
        range: text,
        owner,
        source: from,
        addresses: String(countAddresses(range)),
      })),
      overlaps: clashes.map(({ a, b }) => ({ a: a.text, b: b.text })),
    },
  };
}

/** Managed clusters keep it in flags of the control plane: what overlaps it would not be seen. */
function unseenServices(all: readonly MappedRange[]): readonly NotChecked[] {
  if (all.length === 0 || all.some(({ kind }) => kind === 'Services')) return [];
  return [{ check: 'range of Services', reason: 'no object that was read tells it' }];
}

/** Ranges that only the user knows of. */
function peerRuns(clashes: readonly Overlap[]): readonly CheckRun[] {
  const own = clashes.filter(({ a, b }) => a.kind === 'peer' || b.kind === 'peer');
  if (own.length === 0) return [];
  return [
    {
      id: 'netcni/peer-overlaps',
      group: 'ranges',
      outcome: {
        result: 'fail',
        findings: own.map(({ a, b }) => {
          const [peer, other] = a.kind === 'peer' ? [a, b] : [b, a];
          return messages.CNI860.raise({
            subject: { kind: 'Cluster', name: 'ranges' },
            args: { peer: peer.text, other: other.text, owner: other.owner },
            evidence: [{ fact: other.text, source: other.source }],
          });
        }),
      },
    },
  ];
}
