import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isSelectorless, manualEndpoints } from '../endpoints/manual-endpoints.ts';
import { familyOf } from './family-of.ts';

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
