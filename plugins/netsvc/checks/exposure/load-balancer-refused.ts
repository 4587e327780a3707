import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { addressesOf, insideStillWorks, refusalOf, wishes } from './load-balancer-facts.ts';

/** A Service of type LoadBalancer whose controller says why it gave no address, or could not keep it. */
export const loadBalancerRefused = defineCheck<ServiceSubject>({
  id: 'netsvc/load-balancer-refused',
  group: 'exposure',
  needs: [],
  uses: ['Event'],
  applies: ({ type }) => type === 'LoadBalancer',
  run: (subject, { index, now }) => {
    const refusal = refusalOf(index, subject);
    if (refusal === undefined) return [];
    const { spec } = subject.service;
    const pending = addressesOf(subject).length === 0;
    return [
      exposureMessages.SVC551.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          pending,
          reason: refusal.reason,
          message: shorten(refusal.message, 200),
          meaning: meaningOf(refusal.message),
        },
        severity: 'warning',
        impact: pending ? 0.5 : 0.2,
        evidence: [
          { fact: refusal.fact, source: refusal.source },
          ...wishes(subject),
          ...(refusal.since === '' ? [] : [{ fact: `last seen ${ago(refusal.since, now)}`, source: refusal.source }]),
          ...insideStillWorks(subject),
          ...(spec?.loadBalancerIP === undefined
            ? []
            : [{ fact: `asks for ${spec.loadBalancerIP}`, source: `${formatRef(subject.ref)} spec.loadBalancerIP` }]),
        ],
      }),
    ];
  },
});

/** What the known messages of clouds and MetalLB come down to; empty for others. */
function meaningOf(message: string): string {
  if (/no available IPs|exhausted/i.test(message)) return 'the address pool is used up';
  if (/unknown pool/i.test(message)) return 'the pool that the Service names does not exist';
  if (/not allowed in config/i.test(message)) return 'the address it asks for lies in no pool';
  if (/sharing key/i.test(message)) return 'the address is taken by another Service';
  if (/quota|limit ?exceeded|LimitExceeded/i.test(message)) return 'the quota of the cloud account is used up';
  if (/unable to resolve at least one subnet|could not find any suitable subnets/i.test(message)) {
    return 'no subnet carries the tags by which the controller finds it';
  }
  if (/no available nodes/i.test(message)) return 'no node can take traffic';
  if (/unauthori[sz]ed|forbidden|AccessDenied|AuthFailure|403/i.test(message)) return 'the controller lacks rights';
  return '';
}
