import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { OwnedWorkload } from '../../../../shared/model/owners.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd, plural, shorten } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { differenceInWords, labelDifferences } from './label-distance.ts';
import { matchEvidence, selectorChange, templateChange, withoutHashes } from './selector-evidence.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { missedPods } from './unselected-pods.ts';

/** The template has the wanted labels, the pods that run are older: a paused rollout, or updates by hand. */
export const templateNotRolledOut = defineCheck<ServiceSubject>({
  id: 'netsvc/template-not-rolled-out',
  group: 'selector',
  needs: ['Pod'],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    // New pods that are selected, ready or not, are a rollout under way: others judge how it goes.
    if (subjectPods(index, subject).length > 0) return [];
    return missedPods(index, subject)
      .filter(({ outdated, relabelled }) => outdated.length > 0 && relabelled.length === 0)
      .map(({ workload, outdated }) => {
        const [first] = outdated;
        const differences = labelDifferences(subject.selector ?? {}, first?.metadata?.labels ?? {});
        return selectorMessages.SVC106.raise({
          subject: workload.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            workload: `${workload.kind} ${workload.ref.name}`,
            pods: plural(outdated.length, 'pod'),
            difference: `${outdated.length === 1 ? 'carries' : 'carry'} ${joinAnd(differences.map(differenceInWords))}`,
            why: whyOf(workload),
            fixes: fixesOf(workload),
          },
          evidence: [
            matchEvidence(index, subject),
            ...outdated.slice(0, 2).map((pod) => ({
              fact: `carries ${formatLabels(withoutHashes(pod.metadata?.labels))}`,
              source: `Pod ${podKey(pod)} metadata.labels`,
            })),
            ...selectorChange(subject, now),
            ...templateChange(workload.object, formatRef(workload.ref), now),
          ],
        });
      });
  },
});

function whyOf({ object, kind }: OwnedWorkload): string {
  if (object.spec?.paused === true) return 'the rollout is paused';
  if (object.spec?.updateStrategy?.type === 'OnDelete') return 'its update strategy is OnDelete';
  const partition = object.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (kind === 'StatefulSet' && partition > 0) return `the rollout stops at partition ${partition}`;
  const stuck = object.status?.conditions?.find(
    (condition) => condition.type === 'ReplicaFailure' || condition.reason === 'ProgressDeadlineExceeded',
  );
  if (stuck !== undefined) return `${stuck.reason ?? ''}: ${shorten(stuck.message ?? '', 120)}`;
  return 'the rollout has not replaced them';
}

function fixesOf({ object, kind, ref }: OwnedWorkload): readonly Fix[] {
  const at = `${kind.toLowerCase()}/${ref.name} -n ${ref.namespace ?? ''}`;
  if (object.spec?.paused === true)
    return [
      {
        title: 'let the rollout go on',
        command: `kubectl rollout resume ${at}`,
        risk: 'low',
        undo: `kubectl rollout pause ${at}`,
      },
    ];
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return [];
  if (object.spec?.updateStrategy?.type === 'OnDelete') {
    const labels = formatLabels(object.spec.selector?.matchLabels);
    return [
      {
        title: 'make the pods anew',
        command: `kubectl delete pod -n ${ref.namespace ?? ''} -l ${labels}`,
        risk: 'high',
      },
    ];
  }
  return [
    { title: 'see where the rollout stands', command: `kubectl rollout status ${at} --timeout=10s`, risk: 'none' },
  ];
}
