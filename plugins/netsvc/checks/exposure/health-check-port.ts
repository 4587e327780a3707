import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** kube-proxy could not open healthCheckNodePort, so that the load balancer takes a good node for a bad one. */
export const healthCheckPort = defineCheck<ServiceSubject>({
  id: 'netsvc/health-check-port',
  group: 'exposure',
  needs: [],
  uses: ['Event'],
  applies: ({ service }) => (service.spec?.healthCheckNodePort ?? 0) > 0,
  run: (subject, { index }) => {
    const event = index
      .events(subject.service, 'Service')
      .findLast((entry) => entry.reason === 'FailedToStartServiceHealthcheck');
    if (event === undefined) return [];
    return [
      exposureMessages.SVC572.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          port: subject.service.spec?.healthCheckNodePort ?? 0,
          message: shorten(event.message, 160),
        },
        evidence: [
          {
            fact: `${event.reason} ×${event.count}: ${shorten(event.message, 200)}`,
            source: `Event on ${formatRef(subject.ref)}`,
          },
        ],
      }),
    ];
  },
});
