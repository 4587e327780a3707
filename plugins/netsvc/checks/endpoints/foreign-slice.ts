import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { slicesOf } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isControllerSlice } from './manual-endpoints.ts';

/**
 * A Service with a selector that somebody else feeds as well: their addresses get a share of the requests, and no probe
 * takes them out.
 */
export const foreignSlice = defineCheck<ServiceSubject>({
  id: 'netsvc/foreign-slice',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    slicesOf(index, subject.service).flatMap((slice) => {
      const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
      if (isControllerSlice(slice) || addresses.length === 0) return [];
      const writer = slice.metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? 'nobody in particular';
      return [
        endpointsMessages.SVC515.raise({
          subject: refOf(slice, 'EndpointSlice'),
          args: {
            service: `${subject.namespace}/${subject.name}`,
            slice: nameOf(slice),
            addresses: joinNames(addresses, 3),
            writer,
          },
          evidence: [
            {
              fact: `managed by ${writer}, holds ${joinNames(addresses, 3)}`,
              source: formatRef(refOf(slice, 'EndpointSlice')),
            },
          ],
        }),
      ];
    }),
});
