import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { workloadsIn } from '../../../../shared/model/owners.ts';
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
    return workloadsIn(index, subject.namespace).flatMap(({ kind, ref, object, template }) => {
      if (kind === 'Job' || kind === 'CronJob') return [];
      const labels = template?.metadata?.labels ?? {};
      const own = selectorOfWorkload(kind, object.spec?.selector);
      if (own === undefined || matchesSelector(own, labels)) return [];
      // Only workloads that the Service means: by what they make, or by what they say they select.
      if (!matchesLabels(wanted, labels) && !matchesLabels(wanted, own.matchLabels)) return [];
      return [
        selectorMessages.SVC114.raise({
          subject: ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
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

/** The selector of a ReplicationController is a plain map. */
function selectorOfWorkload(
  kind: string,
  selector: object | undefined,
): { matchLabels?: Record<string, string> } | undefined {
  if (selector === undefined) return undefined;
  return kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : selector;
}
