import type { Finding } from '../messages/finding.ts';
import type { Ref } from '../model/refs.ts';
import type { Report, ReportItem, Suppressed, Verdict } from './report.ts';

/** A finding that is known and accepted: a code, or `SVC4*`, on the objects that `where` names. */
export interface Suppression {
  readonly code: string;
  /** `namespace/name` with `*` for anything; absent: everywhere. */
  readonly where?: string;
  /** Who said so, for the report: the flag as typed, or the annotation. */
  readonly by: string;
}

/** On the object that is judged: a list of codes, `SVC101,SVC4*`, that are known of it. */
export const SUPPRESS_ANNOTATION = 'kubectl-net/suppress';

type Judged = Pick<Report, 'verdict' | 'headline' | 'causes' | 'findings'> & { readonly target: Ref | undefined };

/**
 * Leaves suppressed findings out, with all that followed from them, and states the verdict anew. What was left out is
 * listed, so that a silent report can be told from a healthy one.
 */
export function suppress<T extends Judged>(
  report: T,
  rules: readonly Suppression[],
): { readonly kept: T; readonly suppressed: readonly Suppressed[] } {
  if (rules.length === 0) return { kept: report, suppressed: [] };
  const suppressed: Suppressed[] = [];
  const keep = (finding: Finding): boolean => {
    const rule = rules.find((candidate) => matches(candidate, finding, report.target));
    if (rule !== undefined) suppressed.push({ code: finding.code, subject: finding.subject, by: rule.by });
    return rule === undefined;
  };
  const causes = report.causes.filter(keep);
  const findings = report.findings.filter(keep);
  if (causes.length === report.causes.length) return { kept: { ...report, findings }, suppressed };
  const verdict = report.verdict === 'unknown' ? 'unknown' : verdictOf(causes);
  const headline = causes[0]?.summary ?? `nothing but suppressed findings: ${codesOf(suppressed)}`;
  return { kept: { ...report, causes, findings, verdict, headline }, suppressed };
}

/** The same for a whole report with its items. */
export function suppressReport(report: Report, rules: readonly Suppression[]): Report {
  const { kept, suppressed } = suppress(report, rules);
  return suppressed.length === 0 ? report : { ...kept, suppressed: [...(report.suppressed ?? []), ...suppressed] };
}

function verdictOf(causes: ReportItem['causes']): Verdict {
  if (causes.some((cause) => cause.severity === 'critical')) return 'broken';
  return causes.some((cause) => cause.severity === 'warning') ? 'degraded' : 'healthy';
}

function codesOf(suppressed: readonly Suppressed[]): string {
  return [...new Set(suppressed.map((entry) => entry.code))].join(', ');
}

function matches(rule: Suppression, finding: Finding, target: Ref | undefined): boolean {
  if (!isCode(rule.code, finding)) return false;
  const { where } = rule;
  if (where === undefined) return true;
  return [target, finding.subject].some(
    (ref) => ref !== undefined && like(where, ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`),
  );
}

/** Whether a rule's code means that of a finding or of a message: `SVC101`, `SVC4*`, or the name. */
export function isCode(wanted: string, { code, slug }: Pick<Finding, 'code' | 'slug'>): boolean {
  return like(wanted, code) || wanted === slug;
}

/** Whether a text equals a pattern in which `*` stands for any letters. */
function like(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text);
}
