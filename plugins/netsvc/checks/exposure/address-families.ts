import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd, plural } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { isSelectorless, manualEndpoints } from '../endpoints/manual-endpoints.ts';

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

function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** The same for hand-made endpoints: slices of another family than the Service's address are not used for it. */
export const sliceFamilies = defineCheck<ServiceSubject>({
  id: 'netsvc/slice-families',
  group: 'exposure',
  needs: ['EndpointSlice'],
  uses: ['Endpoints'],
  applies: (subject) => isSelectorless(subject) && !subject.headless,
  run: (subject, { index }) => {
    const families = subject.service.spec?.ipFamilies ?? [];
    const all = manualEndpoints(index, subject).filter((endpoint) => endpoint.holder.addressType !== 'FQDN');
    const [first] = all;
    if (first === undefined || families.length === 0) return [];
    if (all.some((endpoint) => families.includes(familyOf(endpoint.address)))) return [];
    const [family = 'IPv4'] = families;
    return [
      exposureMessages.SVC578.raise({
        subject: first.holder.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          family,
          found: familyOf(first.address),
          address: first.address,
          holder: formatRef(first.holder.ref),
          namespace: subject.namespace,
          name: subject.name,
        },
        evidence: [
          { fact: `ipFamilies ${joinAnd(families)}`, source: `${formatRef(subject.ref)} spec.ipFamilies` },
          { fact: `address ${first.address}`, source: formatRef(first.holder.ref) },
        ],
      }),
    ];
  },
});
