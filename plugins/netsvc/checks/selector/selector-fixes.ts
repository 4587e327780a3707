import type { Fix } from '../../../../shared/messages/finding.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import { shellQuote } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import type { LabelDifference } from './label-distance.ts';
import type { Candidate } from './nearest-workloads.ts';

/** Both ways to bring selector and labels together: on the Service, and on the workload's template where it allows. */
export function selectorFixes(
  subject: ServiceSubject,
  candidate: Candidate,
  differences: readonly LabelDifference[],
): readonly Fix[] {
  const fixes = [serviceFix(subject, candidate, differences)];
  const workload = workloadFix(candidate, differences);
  if (workload !== undefined) fixes.push(workload);
  return fixes;
}

function serviceFix(subject: ServiceSubject, candidate: Candidate, differences: readonly LabelDifference[]): Fix {
  const change: Record<string, string | null> = {};
  const back: Record<string, string | null> = {};
  for (const { key, wanted, found, similarKey } of differences) {
    back[key] = wanted;
    change[key] = found ?? null;
    if (found === undefined && similarKey !== undefined) {
      change[similarKey] = wanted;
      back[similarKey] = null;
    }
  }
  return {
    title: `point the Service at ${candidate.ref.kind} ${candidate.ref.name}`,
    command: patchService(subject, change),
    risk: 'low',
    undo: patchService(subject, back),
  };
}

function patchService(subject: ServiceSubject, selector: Readonly<Record<string, string | null>>): string {
  const patch = JSON.stringify({ spec: { selector } });
  return `kubectl patch service ${subject.name} -n ${subject.namespace} --type=merge -p ${shellQuote(patch)}`;
}

/**
 * Labels of a template can be added or changed as long as the workload's own selector, which is immutable, still
 * matches them. Where it would not, only the Service can be changed in place.
 */
function workloadFix(candidate: Candidate, differences: readonly LabelDifference[]): Fix | undefined {
  const { ref, object } = candidate;
  if (object === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind)) return undefined;
  const own: Labels = object.spec?.selector?.matchLabels ?? {};
  const inExpressions = new Set((object.spec?.selector?.matchExpressions ?? []).map((entry) => entry.key));
  if (differences.some(({ key }) => key in own || inExpressions.has(key))) return undefined;
  const labels = Object.fromEntries(differences.map(({ key, wanted }) => [key, wanted]));
  const back = Object.fromEntries(differences.map(({ key, found }) => [key, found ?? null]));
  const command = (values: Readonly<Record<string, string | null>>): string =>
    `kubectl patch ${ref.kind.toLowerCase()} ${ref.name} -n ${ref.namespace ?? ''} -p ` +
    shellQuote(JSON.stringify({ spec: { template: { metadata: { labels: values } } } }));
  return {
    title: `or label the pods of ${ref.kind} ${ref.name} as the Service expects (restarts them)`,
    command: command(labels),
    risk: 'low',
    undo: command(back),
  };
}
