import type { Confidence, Evidence, Finding, Severity } from '../messages/finding.ts';
import { formatRef, refKey } from '../model/refs.ts';

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };
const CONFIDENCE_RANK: Readonly<Record<Confidence, number>> = { proven: 0, likely: 1, possible: 2 };

/** Causes best first with their consequences folded in, and the rest. */
export interface Ranked {
  readonly causes: readonly Finding[];
  readonly findings: readonly Finding[];
}

/**
 * Orders what the checks found. A cause outranks its consequences, which become evidence under it; two independent
 * causes are both told. Order: severity, confidence, share of requests that fail, nearness to the root, code.
 */
export function rankFindings(all: readonly Finding[]): Ranked {
  const candidates = dedupe(all.filter((finding) => finding.role === 'cause')).sort(byWeight);
  const folded = new Map<Finding, Finding>();
  for (const finding of candidates) {
    const parent = explainedBy(finding, candidates);
    if (parent !== undefined) folded.set(finding, parent);
  }
  const notes = dedupe(all.filter((finding) => finding.role === 'note')).sort(byWeight);
  for (const note of notes) {
    const parent = namedBy(note, candidates);
    if (parent !== undefined) folded.set(note, parent);
  }
  const causes: Finding[] = [];
  for (const finding of candidates) {
    if (folded.has(finding)) continue;
    const consequences = [...candidates, ...notes].filter(
      (other) => rootOf(other, folded) === finding && other !== finding,
    );
    causes.push(withConsequences(finding, consequences));
  }
  return { causes, findings: notes.filter((note) => !folded.has(note)) };
}

/** The finding that makes this one a mere consequence: it names its code, or stands lower on the ladder of the same pods. */
function explainedBy(finding: Finding, candidates: readonly Finding[]): Finding | undefined {
  const named = namedBy(finding, candidates);
  if (named !== undefined) return named;
  if (finding.pods === undefined || finding.pods.length === 0) return undefined;
  const nearer = candidates.filter(
    (other) => other.rung < finding.rung && other.pods !== undefined && other !== finding,
  );
  const covered = new Set(nearer.flatMap((other) => other.pods ?? []));
  if (!finding.pods.every((pod) => covered.has(pod))) return undefined;
  return nearer.find((other) => other.pods?.includes(finding.pods?.[0] ?? ''));
}

/** The cause that names the code of a finding as a consequence of its own. */
function namedBy(finding: Finding, candidates: readonly Finding[]): Finding | undefined {
  return candidates.find(
    (other) => other !== finding && other.covers.includes(finding.code) && overlaps(other, finding),
  );
}

/** Findings about pods meet only where they share one; others meet everywhere. */
function overlaps(cause: Finding, consequence: Finding): boolean {
  if (cause.pods === undefined || consequence.pods === undefined) return true;
  const pods = new Set(cause.pods);
  return consequence.pods.every((pod) => pods.has(pod));
}

function rootOf(finding: Finding, folded: ReadonlyMap<Finding, Finding>): Finding {
  let current = finding;
  // Bounded: two codes that name each other must not hang a diagnosis.
  for (let step = 0; step < 10; step++) {
    const parent = folded.get(current);
    if (parent === undefined) return current;
    current = parent;
  }
  return current;
}

function withConsequences(finding: Finding, consequences: readonly Finding[]): Finding {
  if (consequences.length === 0) return finding;
  const evidence: Evidence[] = consequences.map((other) => ({
    fact: `as a result: ${other.summary}`,
    source: formatRef(other.subject),
  }));
  return {
    ...finding,
    severity: [finding, ...consequences].map(({ severity }) => severity).reduce(graver),
    impact: Math.max(finding.impact, ...consequences.map((other) => other.impact)),
    evidence: [...finding.evidence, ...evidence],
  };
}

function graver(a: Severity, b: Severity): Severity {
  return SEVERITY_RANK[a] <= SEVERITY_RANK[b] ? a : b;
}

function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    CONFIDENCE_RANK[a.confidence] - CONFIDENCE_RANK[b.confidence] ||
    b.impact - a.impact ||
    a.rung - b.rung ||
    compare(a.code, b.code) ||
    compare(refKey(a.subject), refKey(b.subject)) ||
    compare(a.summary, b.summary)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same judgement of the same object, reached through two Services, is told once. */
function dedupe(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${finding.code} ${refKey(finding.subject)} ${finding.summary}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
