import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { workloadsIn } from '../../../../shared/model/owners.ts';
import { isReady } from '../../../../shared/model/pods.ts';
import { formatRef, refKey } from '../../../../shared/model/refs.ts';
import { formatLabels } from '../../../../shared/model/selectors.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { plural } from '../../../../shared/util/text.ts';
import { selectorMessages } from '../../messages/selector.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { selectorChange } from './selector-evidence.ts';
import { selectorPatch } from './selector-fixes.ts';
import { SELECTOR_USES } from './selector-uses.ts';
import { stemOf } from './version-words.ts';
import { podsByOwner } from './workload-pods.ts';

/** No selector and no endpoints, while a workload of the same name has ready pods: the selector was lost. */
export const selectorMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/selector-missing',
  group: 'selector',
  needs: ['Pod', 'EndpointSlice'],
  uses: [...SELECTOR_USES, 'Endpoints'],
  applies: (subject) => subject.selector === undefined && subject.type !== 'ExternalName',
  run: (subject, { index, now }) => {
    if (endpointRows(index, subject.service).some((row) => row.addresses.length > 0)) return [];
    if ((index.get('Endpoints', subject.namespace, subject.name)?.subsets ?? []).length > 0) return [];
    const workload = workloadsIn(index, subject.namespace).find(
      ({ kind, ref }) => kind !== 'Job' && kind !== 'CronJob' && stemOf(ref.name) === stemOf(subject.name),
    );
    const labels = workload?.object.spec?.selector?.matchLabels ?? workload?.template?.metadata?.labels ?? {};
    if (workload === undefined || Object.keys(labels).length === 0) return [];
    const pods = podsByOwner(index, subject.namespace).get(refKey(workload.ref))?.pods ?? [];
    if (!pods.some(isReady)) return [];
    const none = Object.fromEntries(Object.keys(labels).map((key) => [key, null]));
    return [
      selectorMessages.SVC112.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          workload: `${workload.kind} ${workload.ref.name}`,
          labels: formatLabels(labels),
          fixes: [
            {
              title: `select the pods of ${workload.kind} ${workload.ref.name}`,
              command: selectorPatch(subject, labels),
              risk: 'low',
              undo: selectorPatch(subject, none),
            },
          ],
        },
        evidence: [
          { fact: 'spec.selector is empty', source: `${formatRef(subject.ref)} spec.selector` },
          {
            fact: `no EndpointSlice holds an address for ${subject.name}`,
            source: `EndpointSlices of ${subject.namespace}`,
          },
          {
            fact: `${plural(pods.filter(isReady).length, 'ready pod')} with ${formatLabels(labels)}`,
            source: `Pods of ${formatRef(workload.ref)}`,
          },
          ...selectorChange(subject, now),
        ],
      }),
    ];
  },
});
