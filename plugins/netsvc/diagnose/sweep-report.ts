import { whyUnseen } from '../../../shared/cli/no-namespace.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { formatRef, refKey } from '../../../shared/model/refs.ts';
import { besideOrBelow } from '../../../shared/report/next-lines.ts';
import type { NotChecked, Report, ReportItem, Verdict } from '../../../shared/report/report.ts';
import { compareText, joinNames, plural } from '../../../shared/util/text.ts';

export interface SweepFrame {
  readonly index: ClusterIndex;
  readonly source: string;
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined;
  /** The labels and fields that Services were chosen by, as typed. */
  readonly selector: string | undefined;
}

const WORST_FIRST: readonly Verdict[] = ['broken', 'degraded', 'unknown', 'healthy'];

/** One report on many Services, worst first. */
export function sweepReport(frame: SweepFrame, reports: readonly Report[]): Report {
  const items = inOrder(reports.flatMap(toItem));
  const verdict = items[0]?.verdict ?? 'healthy';
  const blind = frame.index.seen('Service', frame.namespace ?? '*');
  const frameOf = {
    command: 'netsvc check',
    target: frame.namespace === undefined ? undefined : { kind: 'Namespace', name: frame.namespace },
    takenAt: frame.index.takenAt,
    source: frame.source,
    layout: 'list' as const,
    ladder: [],
  };
  const untold = items.length > 0 ? undefined : whyUnseen(frame.index, 'Service', frame.namespace);
  if (untold !== undefined) {
    return {
      ...frameOf,
      verdict: 'unknown',
      headline: `could not tell: ${untold}`,
      causes: [],
      findings: [],
      notChecked: [{ check: 'all', reason: untold }],
      coverage: { ran: 0, of: 0 },
    };
  }
  return {
    ...frameOf,
    verdict,
    headline: headlineOf(frame, items),
    causes: unique(items.flatMap((item) => item.causes)),
    findings: unique(items.flatMap((item) => item.findings)),
    notChecked: [
      ...(items.some(isBare) ? [{ check: 'Services', reason: blind.reason }] : []),
      ...uniqueNotChecked(items),
    ],
    coverage: {
      ran: reports.reduce((sum, report) => sum + report.coverage.ran, 0),
      of: reports.reduce((sum, report) => sum + report.coverage.of, 0),
    },
    items,
    suppressed: reports.flatMap((report) => report.suppressed ?? []),
    data: { scanned: scannedOf(frame) },
    sections: sectionsOf(frame, items),
  };
}

function toItem(report: Report): readonly ReportItem[] {
  const { target, verdict, headline, causes, findings, notChecked } = report;
  return target === undefined ? [] : [{ target, verdict, headline, causes, findings, notChecked }];
}

/** Worst first; of those that wait for each other, the one that most others wait for. */
function inOrder(items: readonly ReportItem[]): readonly ReportItem[] {
  const faulty = new Map(
    items.flatMap((item) => (item.causes.length === 0 ? [] : [[refKey(item.target), item] as const])),
  );
  const waitsFor = new Map<ReportItem, ReadonlySet<ReportItem>>();
  const waiters = new Map<ReportItem, number>();
  for (const item of faulty.values()) {
    const found = rootsOf(item, faulty);
    waitsFor.set(item, found);
    for (const root of found) waiters.set(root, (waiters.get(root) ?? 0) + 1);
  }
  return [...items].sort(
    (a, b) =>
      WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict) ||
      (waitsFor.get(a)?.size ?? 0) - (waitsFor.get(b)?.size ?? 0) ||
      (waiters.get(b) ?? 0) - (waiters.get(a) ?? 0) ||
      (b.causes[0]?.impact ?? 0) - (a.causes[0]?.impact ?? 0) ||
      compareText(refKey(a.target), refKey(b.target)),
  );
}

/** The faulty Services that one waits for, directly or through others. */
function rootsOf(item: ReportItem, faulty: ReadonlyMap<string, ReportItem>): ReadonlySet<ReportItem> {
  const found = new Set<ReportItem>();
  const visit = (one: ReportItem): void => {
    for (const ref of one.causes[0]?.dependsOn ?? []) {
      const other = faulty.get(refKey(ref));
      if (other === undefined || other === item || found.has(other)) continue;
      found.add(other);
      visit(other);
    }
  };
  visit(item);
  return found;
}

function headlineOf({ namespace, selector }: SweepFrame, items: readonly ReportItem[]): string {
  const where =
    (namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`) +
    (selector === undefined ? '' : ` with ${selector}`);
  if (items.length === 0) return `there is no Service ${where}`;
  const bad = items.filter((item) => item.verdict === 'broken' || item.verdict === 'degraded');
  const unknown = items.filter((item) => item.verdict === 'unknown');
  const names = (list: readonly ReportItem[]): string =>
    joinNames(
      list.map(({ target }) => (namespace === undefined ? `${target.namespace ?? ''}/${target.name}` : target.name)),
    );
  if (items.some(isBare)) {
    const verb = items.length === 1 ? 'has a fault' : 'have faults';
    return `${plural(items.length, 'workload')} ${where} ${verb}: ${joinNames(items.map(wordFor))}; no Service was read`;
  }
  if (bad.length > 0) {
    const verb = bad.length === 1 ? 'has a fault' : 'have faults';
    if (items.length === 1) return `the only Service ${where} has a fault: ${names(bad)}`;
    return `${bad.length} of ${plural(items.length, 'Service')} ${where} ${verb}: ${names(bad)}`;
  }
  if (unknown.length > 0) {
    return `could not tell for ${unknown.length} of ${plural(items.length, 'Service')} ${where}: ${names(unknown)}`;
  }
  return items.length === 1
    ? `the only Service ${where} is healthy: ${names(items)}`
    : `all ${items.length} Services ${where} are healthy`;
}

function sectionsOf(frame: SweepFrame, items: readonly ReportItem[]): Report['sections'] & object {
  if (items.length === 0) return [];
  const wide = frame.namespace === undefined;
  const counts = Object.entries(scannedOf(frame))
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${count === 1 ? SINGULAR[name] : name}`);
  const worst = items[0];
  const next =
    worst === undefined || worst.verdict === 'healthy'
      ? []
      : besideOrBelow('Evidence and fix:', `kubectl netsvc ${wordFor(worst)} -n ${worst.target.namespace ?? ''}`);
  return [
    {
      type: 'table',
      head: [...(wide ? ['NAMESPACE'] : []), items.some(isBare) ? 'WORKLOAD' : 'SERVICE', 'VERDICT', 'CODE', 'CAUSE'],
      rows: items.map((item) => [
        ...(wide ? [item.target.namespace ?? ''] : []),
        wordFor(item),
        item.verdict.toUpperCase(),
        item.causes[0]?.code ?? '',
        causeText(item),
      ]),
      short: items.map((item) => (item.causes[0] === undefined ? causeText(item) : slugText(item))),
    },
    { type: 'text', lines: [...next, `Scanned: ${counts.join(', ')}`] },
  ];
}

/** Pods or a workload, in files without Services. */
function isBare({ target }: ReportItem): boolean {
  return target.kind !== 'Service';
}

/** The words by which the plugin is asked about it. */
function wordFor({ target }: Pick<ReportItem, 'target'>): string {
  return target.kind === 'Service' ? target.name : `${target.kind.toLowerCase()}/${target.name}`;
}

/** The cause without the name of the Service, which stands in the first column. */
function causeText(item: ReportItem): string {
  if (item.verdict === 'healthy') return '';
  const others = item.causes.length > 1 ? ` (and ${item.causes.length - 1} more)` : '';
  const prefix = `${formatRef(item.target)} `;
  const text = item.headline.startsWith(prefix) ? item.headline.slice(prefix.length) : item.headline;
  return text + others;
}

/** The kind of fault in a few words: the name of the finding. */
function slugText({ causes }: ReportItem): string {
  const others = causes.length > 1 ? ` (and ${causes.length - 1} more)` : '';
  return `${(causes[0]?.slug ?? '').replaceAll('-', ' ')}${others}`;
}

function scannedOf({ index, namespace }: SweepFrame): Readonly<Record<string, number>> {
  return {
    Services: index.list('Service', namespace).length,
    pods: index.list('Pod', namespace).length,
    EndpointSlices: index.list('EndpointSlice', namespace).length,
    NetworkPolicies: index.list('NetworkPolicy', namespace).length,
    Ingresses: index.list('Ingress', namespace).length,
    nodes: index.list('Node').length,
  };
}

const SINGULAR: Readonly<Record<string, string>> = {
  Services: 'Service',
  pods: 'pod',
  EndpointSlices: 'EndpointSlice',
  NetworkPolicies: 'NetworkPolicy',
  Ingresses: 'Ingress',
  nodes: 'node',
};

/** A cause that several Services share is told once. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const keyed = findings.map(
    (finding) => [`${finding.code} ${refKey(finding.subject)} ${finding.summary}`, finding] as const,
  );
  return [...new Map(keyed).values()];
}

function uniqueNotChecked(items: readonly ReportItem[]): readonly NotChecked[] {
  const byReason = new Map<string, Set<string>>();
  for (const { check, reason } of items.flatMap((item) => item.notChecked)) {
    const checks = byReason.get(reason) ?? new Set();
    for (const name of check.split(', ')) checks.add(name);
    byReason.set(reason, checks);
  }
  return [...byReason].map(([reason, checks]) => ({ check: [...checks].join(', '), reason }));
}
