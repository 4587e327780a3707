import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import { type OwnedWorkload, ownerWorkload } from '../../../../shared/model/owners.ts';
import { isReady, isTerminating } from '../../../../shared/model/pods.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { HASH_LABEL } from '../../../../shared/model/rollouts.ts';
import { formatLabels, matchesLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd, plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { differenceInWords, type LabelDifference, labelDifferences } from './label-distance.ts';
import { selectorChange, templateChange } from './selector-evidence.ts';
import { selectorPatch, workloadFix } from './selector-fixes.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { madeWith, podsByOwner } from './workload-pods.ts';

/** A rollout under way takes the pods out of the Service: the template no longer carries what the selector wants. */
export const newPodsNotSelected = defineCheck<ServiceSubject>({
  id: 'netsvc/new-pods-not-selected',
  group: 'selector',
  needs: ['Pod'],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const selector = subject.selector ?? {};
    return ownersOf(index, subject).flatMap(({ workload, selected }) => {
      const template = workload.template?.metadata?.labels ?? {};
      if (matchesLabels(selector, template)) return [];
      const differences = labelDifferences(selector, template);
      const name = `${workload.kind} ${workload.ref.name}`;
      const fresh = (podsByOwner(index, subject.namespace).get(refKey(workload.ref))?.pods ?? []).filter(
        (pod) => !matchesLabels(selector, pod.metadata?.labels),
      );
      if (!wasInTemplate(differences, workload, selected.made, fresh.length > 0)) return [];
      // No template holds the hash of its revision: without newer pods there is no rollout.
      if (fresh.length === 0 && differences.every(({ key }) => key === HASH_LABEL)) return [];
      return [
        selectorMessages.SVC107.raise({
          subject: workload.ref,
          impact: fresh.length === 0 ? 0.1 : Math.max(0.1, fresh.length / (fresh.length + selected.count)),
          args: {
            service: `${subject.namespace}/${subject.name}`,
            workload: name,
            difference: `has ${joinAnd(differences.map(differenceInWords))}`,
            left: `${plural(selected.count, 'old pod')}`,
            fixes: fixesOf(subject, workload, differences),
          },
          evidence: [
            {
              fact: `the template carries ${formatLabels(template)}`,
              source: `${formatRef(workload.ref)} spec.template.metadata.labels`,
            },
            {
              fact: `${plural(fresh.length, 'new pod')} not selected, ${fresh.filter(isReady).length} of them ready`,
              source: `Pods of ${formatRef(workload.ref)}`,
            },
            { fact: `selector ${formatLabels(selector)}`, source: `${formatRef(subject.ref)} spec.selector` },
            ...selectorChange(subject, now),
            ...templateChange(workload.object, formatRef(workload.ref), now),
          ],
        }),
      ];
    });
  },
});

interface Selected {
  readonly workload: OwnedWorkload;
  readonly selected: { readonly count: number; readonly made: Labels | undefined };
}

/** The workloads of the selected pods that roll out by themselves. */
function ownersOf(index: ClusterIndex, subject: ServiceSubject): readonly Selected[] {
  const found = new Map<string, { workload: OwnedWorkload; count: number; made: Labels | undefined }>();
  for (const pod of subjectPods(index, subject)) {
    if (isTerminating(pod)) continue;
    const workload = ownerWorkload(index, pod);
    if (workload === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(workload.kind)) continue;
    const before = found.get(refKey(workload.ref));
    found.set(refKey(workload.ref), {
      workload,
      count: (before?.count ?? 0) + 1,
      made: before?.made ?? madeWith(index, pod),
    });
  }
  return [...found.values()].map(({ workload, count, made }) => ({ workload, selected: { count, made } }));
}

/**
 * Labels that an operator or a person puts on running pods (`role=primary`, a pod's own name) were never in a template;
 * selecting by them is right. Only keys that the older template had, or that the new one has otherwise, tell of a release.
 */
function wasInTemplate(
  differences: readonly LabelDifference[],
  workload: OwnedWorkload,
  made: Labels | undefined,
  hasFresh: boolean,
): boolean {
  if (workload.kind === 'Deployment' && made !== undefined)
    return differences.every(({ key, wanted }) => made[key] === wanted);
  // Without the ReplicaSets, pods of both kinds are the sign of a rollout.
  if (workload.kind === 'Deployment' && !hasFresh) return false;
  return differences.every(({ found }) => found !== undefined);
}

function fixesOf(
  subject: ServiceSubject,
  workload: OwnedWorkload,
  differences: readonly LabelDifference[],
): readonly Fix[] {
  const change = Object.fromEntries(differences.map(({ key, found }) => [key, found ?? null]));
  const back = Object.fromEntries(differences.map(({ key, wanted }) => [key, wanted]));
  const at = `${workload.kind.toLowerCase()}/${workload.ref.name} -n ${subject.namespace}`;
  const label = workloadFix(workload.ref, workload.object, differences);
  // Keys that old and new pods share let the Service select both while the rollout runs.
  const shared = Object.keys(subject.selector ?? {}).filter((key) => !(key in change));
  const both = Object.fromEntries(differences.map(({ key }) => [key, null]));
  const wide: readonly Fix[] =
    shared.length === 0
      ? []
      : [
          {
            title: `select by ${shared.join(' and ')} alone, which old and new pods carry`,
            command: selectorPatch(subject, both),
            risk: 'low',
            undo: selectorPatch(subject, back),
          },
        ];
  const turn: Fix = {
    title: 'once the new pods are ready, turn the selector to them',
    command: selectorPatch(subject, change),
    risk: 'high',
    undo: selectorPatch(subject, back),
  };
  const command = `kubectl rollout undo ${at}`;
  const undo: Fix = { title: 'or undo the rollout', command, risk: 'low', undo: command };
  return [...(label === undefined ? [] : [label]), ...wide, turn, undo].slice(0, 3);
}
