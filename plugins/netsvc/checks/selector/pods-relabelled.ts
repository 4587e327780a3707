import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import { joinAnd, joinNames, plural, shellQuote } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { differenceInWords, labelDifferences } from './label-distance.ts';
import { matchEvidence, selectorChange, withoutHashes } from './selector-evidence.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { lastingPods, type Missed, missedPods } from './unselected-pods.ts';

/** Pods were made with the labels that the Service wants and lost them by `kubectl label pod`. */
export const podsRelabelled = defineCheck<ServiceSubject>({
  id: 'netsvc/pods-relabelled',
  group: 'selector',
  needs: ['Pod'],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const lasting = lastingPods(index, subject);
    return missedPods(index, subject)
      .filter(({ relabelled }) => relabelled.length > 0)
      .map((missed) => {
        const { relabelled, workload } = missed;
        const name = `${workload.kind} ${workload.ref.name}`;
        const total = lasting + relabelled.length + missed.outdated.length;
        return selectorMessages.SVC104.raise({
          subject: workload.ref,
          severity: lasting === 0 ? 'critical' : 'warning',
          impact: lasting === 0 ? 1 : 0.1,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            pods: podsWords(relabelled, total),
            workload: name,
            change: `${relabelled.length === 1 ? 'carries' : 'carry'} ${changeWords(subject, relabelled)}`,
            fixes: fixesOf(subject, missed),
          },
          evidence: [
            matchEvidence(index, subject, lasting),
            ...relabelled.slice(0, 3).map((pod) => podEvidence(pod)),
            {
              fact: `the template carries ${formatLabels(workload.template?.metadata?.labels)}`,
              source: `${formatRef(workload.ref)} spec.template.metadata.labels`,
            },
            ...selectorChange(subject, now),
          ],
        });
      });
  },
});

function podsWords(relabelled: readonly Pod[], total: number): string {
  if (total === 1) return 'the only pod';
  if (relabelled.length === total) return `all ${total} pods`;
  return `${relabelled.length} of ${plural(total, 'pod')} (${joinNames(relabelled.map(nameOf), 2)})`;
}

function nameOf(pod: Pod): string {
  return pod.metadata?.name ?? '';
}

function podEvidence(pod: Pod): Evidence {
  return {
    fact: `carries ${formatLabels(withoutHashes(pod.metadata?.labels))}`,
    source: `Pod ${podKey(pod)} metadata.labels`,
  };
}

function changeWords(subject: ServiceSubject, pods: readonly Pod[]): string {
  const [pod] = pods;
  return joinAnd(labelDifferences(subject.selector ?? {}, pod?.metadata?.labels ?? {}).map(differenceInWords));
}

/** Puts the labels back on the pods, at once; or makes new pods. */
function fixesOf(subject: ServiceSubject, { relabelled, workload }: Missed): readonly Fix[] {
  const wanted = new Map<string, string>();
  const before = new Map<string, string | undefined>();
  for (const pod of relabelled) {
    for (const { key, wanted: value, found } of labelDifferences(subject.selector ?? {}, pod.metadata?.labels ?? {})) {
      wanted.set(key, value);
      before.set(key, found);
    }
  }
  const at = `kubectl label pod ${relabelled.slice(0, 20).map(nameOf).join(' ')} -n ${subject.namespace} --overwrite`;
  const set = [...wanted].map(([key, value]) => shellQuote(`${key}=${value}`)).join(' ');
  const back = [...before]
    .map(([key, value]) => (value === undefined ? `${key}-` : shellQuote(`${key}=${value}`)))
    .join(' ');
  const label: Fix = {
    title: 'put the labels back on the pods',
    command: `${at} ${set}`,
    risk: 'low',
    undo: `${at} ${back}`,
  };
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(workload.kind)) return [label];
  const anew: Fix = {
    title: 'or make new pods from the template',
    command: `kubectl rollout restart ${workload.kind.toLowerCase()}/${workload.ref.name} -n ${subject.namespace}`,
    risk: 'low',
  };
  return [label, anew];
}
