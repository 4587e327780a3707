import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** loadBalancerIP that was not honoured: many controllers ignore the field, which is deprecated since 1.24. */
export const loadBalancerAddress = defineCheck<ServiceSubject>({
  id: 'netsvc/load-balancer-address',
  group: 'exposure',
  needs: [],
  applies: ({ type, service }) => type === 'LoadBalancer' && (service.spec?.loadBalancerIP ?? '') !== '',
  run: (subject) => {
    const wanted = subject.service.spec?.loadBalancerIP ?? '';
    const given = (subject.service.status?.loadBalancer?.ingress ?? []).flatMap(
      (entry) => entry.ip ?? entry.hostname ?? [],
    );
    if (given.length === 0 || given.includes(wanted)) return [];
    return [
      exposureMessages.SVC554.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}`, wanted, given: joinNames(given, 3) },
        evidence: [
          { fact: `loadBalancerIP ${wanted}`, source: `${formatRef(subject.ref)} spec.loadBalancerIP` },
          { fact: joinNames(given, 3), source: `${formatRef(subject.ref)} status.loadBalancer` },
        ],
      }),
    ];
  },
});
