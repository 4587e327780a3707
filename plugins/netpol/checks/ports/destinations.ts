import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PodClass } from '../../../../shared/policy/many/classes.ts';
import type { Direction, Rule } from '../../../../shared/policy/rules/rules.ts';
import { lintModelIn } from '../../lint/lint-facts.ts';
import { classesOf, selectedClasses } from '../../lint/members.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';

/** The pods whose ports a rule opens: those of the policy for ingress, those of the peers for egress. */
export function destinationsOf(
  index: ClusterIndex,
  subject: PolicySubject,
  direction: Direction,
  { peers }: Rule,
): readonly PodClass[] {
  const model = lintModelIn(index);
  if (direction === 'ingress') return selectedClasses(model, subject.compiled);
  if (peers === 'any') return [];
  return [...new Set(peers.flatMap((peer) => (peer.type === 'pods' ? classesOf(model, peer) : [])))];
}

/** Where a port stands in a NetworkPolicy's rule, and the change that writes another. */
export function portPlace(
  subject: PolicySubject,
  direction: Direction,
  rule: Rule,
  port: number | string,
): { readonly field: string; readonly path: string } | undefined {
  const ports = writtenPolicy(subject)?.spec?.[direction]?.[rule.index]?.ports ?? [];
  const at = ports.findIndex((entry) => entry?.port === port);
  if (at < 0) return undefined;
  return {
    field: `spec.${direction}[${rule.index}].ports[${at}].port`,
    path: `/spec/${direction}/${rule.index}/ports/${at}/port`,
  };
}
