import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** The v1 Endpoints object holds 1000 addresses at most; the controller marks what it cut. */
const CAPACITY = 1000;
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** More endpoints than the legacy object can hold: whoever still reads Endpoints sees a part of them. */
export const manyEndpoints = defineCheck<ServiceSubject>({
  id: 'netsvc/many-endpoints',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Endpoints', 'Pod'],
  applies: (subject) => subject.type !== 'ExternalName',
  run: (subject, { index }) => {
    const count = endpointRows(index, subject.service).length;
    const mark = index.get('Endpoints', subject.namespace, subject.name)?.metadata?.annotations?.[OVER_CAPACITY];
    if (count <= CAPACITY && mark === undefined) return [];
    return [
      endpointsMessages.SVC513.raise({
        subject: subject.ref,
        args: { service: `${subject.namespace}/${subject.name}`, count },
        evidence: [
          { fact: `${count} endpoints`, source: `EndpointSlices of ${formatRef(subject.ref)}` },
          ...(mark === undefined
            ? []
            : [{ fact: `${OVER_CAPACITY}: ${mark}`, source: `Endpoints ${subject.namespace}/${subject.name}` }]),
        ],
      }),
    ];
  },
});
