import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd, plural } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { familyOf } from './family-of.ts';

/**
 * A Service has one set of EndpointSlices per IP family. A family in which no pod has an address has no endpoint, and its
 * ClusterIP leads nowhere.
 */
export const addressFamilies = defineCheck<ServiceSubject>({
  id: 'netsvc/address-families',
  group: 'exposure',
  needs: ['Pod'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const families = subject.service.spec?.ipFamilies ?? [];
    const pods = subjectPods(index, subject).filter((pod) => !isTerminating(pod) && podAddresses(pod).length > 0);
    if (pods.length === 0) return [];
    return families.flatMap((family) => {
      const without = pods.filter((pod) => !podAddresses(pod).some((address) => familyOf(address) === family));
      if (without.length < pods.length) return [];
      const only = families.length === 1;
      const other = family === 'IPv6' ? 'IPv4' : 'IPv6';
      const address = (subject.service.spec?.clusterIPs ?? []).find((ip) => familyOf(ip) === family && ip !== 'None');
      return [
        exposureMessages.SVC575.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            namespace: subject.namespace,
            name: subject.name,
            family,
            other,
            only,
            primary: families[0] === family,
            policy: subject.service.spec?.ipFamilyPolicy ?? 'SingleStack',
            address: address ?? '',
            keep: (subject.service.spec?.clusterIPs ?? []).find((ip) => familyOf(ip) === other) ?? '',
          },
          severity: only ? 'critical' : 'warning',
          impact: only ? 1 : 0.4,
          pods: without.map(podKey),
          evidence: [
            {
              fact: `ipFamilies ${joinAnd(families)}, ipFamilyPolicy ${subject.service.spec?.ipFamilyPolicy ?? 'SingleStack'}`,
              source: `${formatRef(subject.ref)} spec`,
            },
            ...pods.slice(0, 2).map((pod) => ({
              fact: `has ${podAddresses(pod).join(', ')}: no ${family} address`,
              source: `Pod ${podKey(pod)} status.podIPs`,
            })),
            ...(pods.length > 2
              ? [{ fact: `so do all ${plural(pods.length, 'pod')}`, source: `pods of ${formatRef(subject.ref)}` }]
              : []),
          ],
        }),
      ];
    });
  },
});
