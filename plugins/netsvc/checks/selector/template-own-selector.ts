import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { LabelSelector, Labels } from '../../../../shared/model/objects.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { formatLabels, formatSelector, matchesLabels, matchesSelector } from '../../../../shared/model/selectors.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { SELECTOR_USES } from './selector-uses.ts';

/**
 * A workload whose template does not satisfy its own selector: the API server refuses it, so this is met in manifests
 * that were never applied. Source: ValidatePodTemplateSpecForReplicaSet in kubernetes/kubernetes pkg/apis/apps/validation.
 */
export const templateOwnSelector = defineCheck<ServiceSubject>({
  id: 'netsvc/template-own-selector',
  group: 'selector',
  needs: [],
  uses: SELECTOR_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const wanted = subject.selector ?? {};
    return contradictionsIn(index, subject.namespace).flatMap(({ workload: { kind, ref }, own, labels }) => {
      // Only workloads that the Service means: by what they make, or by what they say they select.
      if (!matchesLabels(wanted, labels) && !matchesLabels(wanted, own.matchLabels)) return [];
      return [
        selectorMessages.SVC114.raise({
          subject: ref,
          args: {
            workload: `${kind} ${ref.name}`,
            selector: formatSelector(own),
            labels: formatLabels(labels) || 'no labels',
          },
          evidence: [
            { fact: `selector ${formatSelector(own)}`, source: `${formatRef(ref)} spec.selector` },
            {
              fact: `labels ${formatLabels(labels) || '(none)'}`,
              source: `${formatRef(ref)} spec.template.metadata.labels`,
            },
          ],
        }),
      ];
    });
  },
});

interface Contradiction {
  readonly workload: OwnedWorkload;
  readonly own: LabelSelector;
  readonly labels: Labels;
}

/** The workloads of a namespace that contradict themselves: none, on a cluster. */
function contradictionsIn(index: ClusterIndex, namespace: string): readonly Contradiction[] {
  return index.memo(`netsvc/selector/contradictions/${namespace}`, () =>
    workloadsIn(index, namespace).flatMap((workload): readonly Contradiction[] => {
      const { kind, object, template } = workload;
      if (kind === 'Job' || kind === 'CronJob') return [];
      const labels = template?.metadata?.labels ?? {};
      const own = selectorOfWorkload(object.spec?.selector);
      return own === undefined || matchesSelector(own, labels) ? [] : [{ workload, own, labels }];
    }),
  );
}

/** The selector of a ReplicationController or DeploymentConfig is a plain map. */
function selectorOfWorkload(selector: LabelSelector | undefined): LabelSelector | undefined {
  const plain = selector !== undefined && Object.values(selector).some((value) => typeof value === 'string');
  return plain ? { matchLabels: selector as Labels } : selector;
}
