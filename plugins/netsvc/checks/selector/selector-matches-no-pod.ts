import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import { workloadsIn } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { podsMatching } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { type LabelDifference, labelDifferences } from './label-distance.ts';
import { type Candidate, nearestWorkloads } from './nearest-workloads.ts';
import { selectorFixes } from './selector-fixes.ts';

/**
 * No pod carries the labels that the Service selects, and no workload makes such pods: names the key or value that
 * differs on the nearest workload. Workloads that would match but have no pods are the concern of the `pods` checks.
 */
export const selectorMatchesNoPod = defineCheck<ServiceSubject>({
  id: 'netsvc/selector-matches-no-pod',
  group: 'selector',
  needs: ['Pod'],
  uses: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const selector = subject.selector ?? {};
    if (subjectPods(index, subject).length > 0) return [];
    if (podsMatching(index, subject.namespace, selector).length > 0) return [];
    if (workloadsIn(index, subject.namespace).some((w) => matchesLabels(selector, w.template?.metadata?.labels))) return [];
    const candidates = nearestWorkloads(index, subject, subject.namespace);
    const nearest = candidates[0];
    const differences = nearest === undefined ? [] : labelDifferences(selector, nearest.labels);
    return [
      selectorMessages.SVC101.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          selector: formatLabels(selector),
          namespace: subject.namespace,
          nearest: nearest === undefined ? '' : `${nearest.ref.kind} ${nearest.ref.name}`,
          difference: differences.length === 0 ? '' : `has ${joinAnd(differences.map(inWords))}`,
          fixes: nearest === undefined ? [] : selectorFixes(subject, nearest, differences),
        },
        evidence: evidenceOf(index, subject, candidates, now),
      }),
    ];
  },
});

function inWords({ key, wanted, found, similarKey }: LabelDifference): string {
  if (found !== undefined) return `${key}=${found} instead of ${key}=${wanted}`;
  if (similarKey !== undefined) return `${similarKey}=${wanted} instead of ${key}=${wanted}`;
  return `no label ${key}`;
}

function evidenceOf(
  index: ClusterIndex,
  subject: ServiceSubject,
  candidates: readonly Candidate[],
  now: number,
): readonly Evidence[] {
  const service = formatRef(subject.ref);
  const evidence: Evidence[] = [
    { fact: `selector ${formatLabels(subject.selector)} matches 0 of ${index.list('Pod', subject.namespace).length} pods`, source: `${service} spec.selector` },
  ];
  for (const candidate of candidates.slice(0, 3)) {
    evidence.push({
      fact: `pods of ${candidate.ref.kind} ${candidate.ref.name} carry ${formatLabels(candidate.labels)}`,
      source: `${formatRef(candidate.ref)} ${candidate.object === undefined ? 'metadata.labels' : 'spec.template.metadata.labels'}`,
    });
  }
  const changes = [
    { what: service, change: lastChange(subject.service, ['spec', 'selector']) },
    ...candidates.slice(0, 1).map((candidate) => ({
      what: formatRef(candidate.ref),
      change: candidate.object && lastChange(candidate.object, ['spec', 'template', 'metadata', 'labels']),
    })),
  ];
  for (const { what, change } of changes) {
    if (change === undefined) continue;
    evidence.push({ fact: `last changed by ${change.manager} ${ago(change.time, now)} (${change.time})`, source: `${what} metadata.managedFields` });
  }
  return evidence;
}
