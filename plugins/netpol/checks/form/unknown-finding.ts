import type { Finding } from '../../../../shared/messages/finding.ts';
import { isApplied } from '../../../../shared/model/applied.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import { atField } from '../../lint/places.ts';
import type { PolicySubject } from '../../lint/policy-subject.ts';
import { formMessages } from '../../messages/form.ts';
import type { UnknownField } from './unknown-fields.ts';

/**
 * Whether a cluster may hold the field because it is newer than what is known here. No server keeps a misspelt one: then
 * the file was edited after it was read from a cluster.
 */
export function isOfNewer({ object }: PolicySubject, { isSlip }: UnknownField): boolean {
  return isApplied(object) && !isSlip;
}

/** A field that a cluster holds and that is not known here. */
export function unknownFinding(index: ClusterIndex, subject: PolicySubject, { field, problem }: UnknownField): Finding {
  return formMessages.POL326.raise({
    subject: subject.ref,
    args: { policy: formatRef(subject.ref), field, kind: subject.kind, reading: readingOf(subject, field) },
    evidence: [atField(index, subject, field, problem)],
  });
}

/** How a policy is judged in spite of a field that is not known. */
export function readingOf({ compiled }: PolicySubject, field: string): string {
  const [, direction, at] = /^spec\.(ingress|egress)\[(\d+)\]/.exec(field) ?? [];
  const rule = compiled?.[direction as Direction]?.find(({ index }) => index === Number(at));
  if (rule?.failClosed !== true) return 'the policy is judged without it';
  return `the rule is read as the API asks then: it ${rule.action === 'allow' ? 'allows nobody' : 'denies everybody'}`;
}
