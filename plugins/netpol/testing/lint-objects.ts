import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { type SnapshotOptions, snapshotOf } from '../../../shared/testing/builders.ts';
import { withoutOwnFault } from '../../../shared/testing/own-fault.ts';
import { lintIndex } from '../lint/lint-facts.ts';
import { lintReport } from '../lint/lint-report.ts';
import { policySubjects } from '../lint/policy-subject.ts';

export interface LintOptions extends SnapshotOptions {
  readonly namespace?: string;
  readonly cni?: string;
}

/** Lints objects as a whole cluster, or as one namespace of it. Calico enforces unless said otherwise. */
export function lintObjects(objects: readonly KubeObject[], options: LintOptions = {}): Report {
  const index = lintIndex(createIndex(snapshotOf(objects, options)), options.cni ?? 'calico');
  const { namespace } = options;
  const frame = { index, source: 'snapshot test', namespace, misread: [], suppressions: [], suppressedBy: () => [] };
  return withoutOwnFault(lintReport(frame, policySubjects(index, namespace)));
}

/** `POL101 warning likely`, causes first, then notes with `info`; what is merely uncovered is left out. */
export function codesOf({ causes, findings }: Report): readonly string[] {
  return [...causes, ...findings]
    .filter(({ code }) => code !== 'POL411' && code !== 'POL412')
    .map(({ code, severity, confidence }) => `${code} ${severity} ${confidence}`);
}

/** The first finding with a code. */
export function found(report: Report, code: string) {
  return [...report.causes, ...report.findings].find((finding) => finding.code === code);
}
