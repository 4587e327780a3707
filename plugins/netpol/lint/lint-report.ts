import { whyUnseen } from '../../../shared/cli/no-namespace.ts';
import { type Ranked, rankFindings } from '../../../shared/diagnose/rank.ts';
import { verdictOf } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { KINDS, type KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { formatRef, type Ref, refKey } from '../../../shared/model/refs.ts';
import type { MisreadWord } from '../../../shared/model/snapshot.ts';
import type { NotChecked, Report, ReportItem, Section, Verdict } from '../../../shared/report/report.ts';
import type { Suppression } from '../../../shared/report/suppress.ts';
import { suppress } from '../../../shared/report/suppress.ts';
import { compareText, joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { clusterChecks } from '../checks/cluster/checks.ts';
import { enforcementOf } from './lint-facts.ts';
import { type Linted, lintPolicy } from './lint-policies.ts';
import type { PolicySubject } from './policy-subject.ts';

export interface LintFrame {
  /** One that `lintIndex` gave. */
  readonly index: ClusterIndex;
  readonly source: string;
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly misread: readonly MisreadWord[];
  /** What `--suppress` said. */
  readonly suppressions: readonly Suppression[];
  /** What an object says of itself. */
  readonly suppressedBy: (object: KubeObject) => readonly Suppression[];
}

/** Causes that are told in full; more are told shorter, policy by policy. */
const FULL = 6;

/** One report on many policies, worst first. */
export function lintReport(frame: LintFrame, subjects: readonly PolicySubject[]): Report {
  const around = clusterItem(frame);
  const linted = subjects.map((subject) => lintItem(frame, subject));
  const all = [...(around.item === undefined ? [] : [around.item]), ...linted.map(({ item }) => item)].sort(byWorst);
  // Notes about the cluster are no object that was judged.
  const items = all.filter((item) => item !== around.item || item.causes.length > 0);
  const untold =
    subjects.length > 0 || around.item !== undefined
      ? undefined
      : whyUnseen(frame.index, 'NetworkPolicy', frame.namespace);
  const causes = items.flatMap((item) => item.causes).sort(byWeight);
  const findings = all.flatMap((item) => item.findings);
  const notChecked = [
    ...notCheckedOf([...around.runs, ...linted.flatMap(({ runs }) => runs)]),
    ...enforcementGap(frame),
  ];
  const runs = [...around.runs, ...linted.flatMap((one) => one.runs)].filter(
    ({ outcome }) => outcome.result !== 'notApplicable',
  );
  const verdict = causes.length > 0 ? (items[0]?.verdict ?? 'healthy') : untold === undefined ? 'healthy' : 'unknown';
  const list = causes.length > FULL;
  return {
    command: 'netpol lint',
    target: frame.namespace === undefined ? undefined : { kind: 'Namespace', name: frame.namespace },
    takenAt: frame.index.takenAt,
    source: frame.source,
    verdict,
    headline: untold === undefined ? headlineOf(frame, subjects, items, causes) : `could not tell: ${untold}`,
    causes,
    findings,
    notChecked: untold === undefined ? notChecked : [{ check: 'all', reason: untold }],
    coverage: { ran: runs.filter(({ outcome }) => outcome.result !== 'unknown').length, of: runs.length },
    ladder: [],
    items,
    suppressed: [...around.suppressed, ...linted.flatMap((one) => one.suppressed)],
    data: { policies: subjects.length },
    ...(list
      ? {
          layout: 'list',
          sections: items.filter((item) => item.causes.length > 0).map((item) => itemSection(frame, item)),
        }
      : {}),
  };
}

interface Item {
  readonly item: ReportItem;
  readonly runs: readonly CheckRun[];
  readonly suppressed: ReturnType<typeof suppress>['suppressed'];
}

function lintItem(frame: LintFrame, subject: PolicySubject): Item {
  const linted = withoutMisread(frame, subject, lintPolicy(frame.index, subject));
  const rules = [...frame.suppressions, ...frame.suppressedBy(subject.object)];
  return { ...itemOf(subject.ref, linted, rules, `${subject.ref.name}: nothing found`), runs: linted.runs };
}

/** That nothing has a label which kubectl reads as something else is no fault of its own. */
const OF_LABELS: ReadonlySet<string> = new Set(['POL101', 'POL102', 'POL103']);

function withoutMisread({ misread }: LintFrame, { ref }: PolicySubject, linted: Linted): Linted {
  const refused = misread.some(({ object, field }) => refKey(object) === refKey(ref) && field.startsWith('spec.'));
  if (!refused) return linted;
  const keep = ({ code }: Finding): boolean => !OF_LABELS.has(code);
  return { ...linted, causes: linted.causes.filter(keep), findings: linted.findings.filter(keep) };
}

function clusterItem(frame: LintFrame): Omit<Item, 'item'> & { readonly item: ReportItem | undefined } {
  const { index, namespace, misread } = frame;
  const context = { index, now: index.now };
  const runs = runChecks(clusterChecks, { namespace, misread }, namespace ?? '*', context);
  const ranked = rankFindings(runs.flatMap(({ outcome }) => (outcome.result === 'fail' ? outcome.findings : [])));
  const target: Ref =
    namespace === undefined ? { kind: 'Cluster', name: frame.source } : { kind: 'Namespace', name: namespace };
  const { item, suppressed } = itemOf(target, ranked, frame.suppressions, 'nothing found');
  const empty = item.causes.length + item.findings.length === 0;
  return { item: empty ? undefined : item, runs, suppressed };
}

function itemOf(target: Ref, ranked: Ranked, rules: readonly Suppression[], quiet: string): Omit<Item, 'runs'> {
  const { causes, findings } = ranked;
  const verdict = verdictOf(ranked, false);
  const headline = causes[0]?.summary ?? quiet;
  const { kept, suppressed } = suppress({ target, verdict, headline, causes, findings, notChecked: [] }, rules);
  return { item: kept, suppressed };
}

const WORST_FIRST: readonly Verdict[] = ['broken', 'degraded', 'unknown', 'healthy'];

function byWorst(a: ReportItem, b: ReportItem): number {
  return (
    WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict) ||
    (a.causes[0]?.rung ?? 99) - (b.causes[0]?.rung ?? 99) ||
    compareText(refKey(a.target), refKey(b.target))
  );
}

const RANK = { critical: 0, warning: 1, info: 2 } as const;

function byWeight(a: Finding, b: Finding): number {
  return RANK[a.severity] - RANK[b.severity] || a.rung - b.rung || compareText(refKey(a.subject), refKey(b.subject));
}

function headlineOf(
  { namespace }: LintFrame,
  subjects: readonly PolicySubject[],
  items: readonly ReportItem[],
  causes: readonly Finding[],
): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const [first] = causes;
  if (first !== undefined && causes.length <= FULL) return first.summary;
  const bad = items.filter(({ causes: own, target }) => own.length > 0 && target.kind.endsWith('Policy'));
  // What concerns all of them stands before any single one.
  if (first?.code === 'POL401') return first.summary;
  const names = joinNames(
    bad.map(({ target: { namespace: ns, name } }) =>
      namespace === undefined && ns !== undefined ? `${ns}/${name}` : name,
    ),
  );
  if (causes.length > 0)
    return `${bad.length} of ${plural(subjects.length, 'policy', 'policies')}${where} ${bad.length === 1 ? 'has' : 'have'} faults: ${names}`;
  if (subjects.length === 0) return `there is no network policy${where === '' ? ' here' : where}`;
  return `no fault in ${plural(subjects.length, 'policy', 'policies')}${where}`;
}

/** The findings of one policy, each with its first fix. */
function itemSection({ index }: LintFrame, { target, causes }: ReportItem): Section {
  const kind = target.kind in KINDS ? (target.kind as KindName) : undefined;
  const { kind: _, ...metadata } = target;
  const place = kind === undefined ? undefined : index.origin({ metadata }, kind);
  const title = `${formatRef(target)}${place === undefined ? '' : ` (${place})`}`;
  const lines = causes.flatMap((cause) => {
    const own =
      [`${formatRef(target)}, `, `${formatRef(target)} `].find((start) => cause.summary.startsWith(start)) ?? '';
    const doubt = cause.confidence === 'proven' ? '' : ` (${cause.confidence})`;
    const head = `  ${cause.severity.toUpperCase()} ${cause.code}${doubt}`;
    const [fix] = cause.fixes;
    return [
      head,
      ...wrap(cause.summary.slice(own.length), 80, '    '),
      ...(fix === undefined
        ? []
        : [...wrap(`fix: ${fix.title}`, 80, '    '), ...fix.command.split('\n').map((line) => `      ${line}`)]),
    ];
  });
  return { type: 'text', title, lines };
}

/** One line a reason. */
function notCheckedOf(runs: readonly CheckRun[]): readonly NotChecked[] {
  const byReason = new Map<string, Set<string>>();
  for (const { group, outcome } of runs) {
    if (outcome.result !== 'unknown') continue;
    const groups = byReason.get(outcome.reason) ?? new Set();
    byReason.set(outcome.reason, groups.add(group));
  }
  return [...byReason].map(([reason, groups]) => ({ check: [...groups].join(', '), reason }));
}

function enforcementGap({ index }: LintFrame): readonly NotChecked[] {
  const { enforced, by } = enforcementOf(index);
  if (enforced !== 'unknown') return [];
  const reason =
    by === undefined
      ? 'no network plugin was seen; --cni NAME says it'
      : `${by} does or does not, by its settings; --cni NAME says it`;
  return [{ check: 'enforcement', reason }];
}
