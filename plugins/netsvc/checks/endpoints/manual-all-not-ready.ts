import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { isSelectorless, manualEndpoints } from './manual-endpoints.ts';

/** Hand-made endpoints that are all marked not ready, which nobody but their writer will change. */
export const manualAllNotReady = defineCheck<ServiceSubject>({
  id: 'netsvc/manual-all-not-ready',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Endpoints'],
  applies: isSelectorless,
  run: (subject, { index }) => {
    const all = manualEndpoints(index, subject);
    const [first] = all;
    if (first === undefined || all.some((endpoint) => endpoint.ready)) return [];
    const { ref } = first.holder;
    const mirrored = ref.kind === 'Endpoints';
    return [
      endpointsMessages.SVC509.raise({
        subject: ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          count: all.length,
          holder: formatRef(ref),
          how: mirrored ? 'under notReadyAddresses' : 'with ready: false',
          object: `${ref.kind.toLowerCase()} ${ref.name} -n ${subject.namespace}`,
        },
        evidence: [
          {
            fact: `${plural(all.length, 'address', 'addresses')} not ready: ${joinNames(all.map((endpoint) => endpoint.address))}`,
            source: formatRef(ref),
          },
        ],
      }),
    ];
  },
});
