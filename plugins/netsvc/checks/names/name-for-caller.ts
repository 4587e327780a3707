import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { namesOf, shortestName } from '../../../../shared/dns/service-names.ts';
import { namesMessages } from '../../messages/names.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** The name by which a caller of another namespace must ask. */
export const nameForCaller = defineCheck<ServiceSubject>({
  id: 'netsvc/name-for-caller',
  group: 'names',
  needs: [],
  applies: (subject, { from }) => from !== undefined && from.namespace !== subject.namespace,
  run: (subject, { from }) => {
    const namespace = from?.namespace ?? '';
    return [
      namesMessages.SVC854.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          short: subject.name,
          namespace,
          better: shortestName(subject.name, subject.namespace, namespace),
        },
        evidence: [
          {
            fact: `names that work there: ${namesOf(subject.name, subject.namespace).slice(1).join(', ')}`,
            source: 'Kubernetes DNS specification',
          },
        ],
      }),
    ];
  },
});
