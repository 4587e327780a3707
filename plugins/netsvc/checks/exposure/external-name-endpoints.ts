import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { parseClusterName } from '../../../../shared/dns/service-names.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows, slicesOf } from '../../../../shared/model/services.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { externalNameOf } from './alias-target.ts';

/** An alias of a Service that exists and has no ready endpoint: the fault lies there. */
export const externalNameEndpoints = defineCheck<ServiceSubject>({
  id: 'netsvc/external-name-endpoints',
  group: 'exposure',
  needs: [],
  uses: ['Service', 'EndpointSlice', 'Pod'],
  applies: ({ type }) => type === 'ExternalName',
  run: (subject, { index }) => {
    const meant = parseClusterName(externalNameOf(subject));
    if (meant === undefined) return [];
    const service = index.get('Service', meant.namespace, meant.service);
    if (service === undefined || service.spec?.type === 'ExternalName') return [];
    if (index.seen('EndpointSlice', meant.namespace).status !== 'ok') return [];
    const rows = endpointRows(index, service);
    if (rows.some((row) => row.ready)) return [];
    // Without any slice at hand the slices of that Service may simply not have been asked for.
    if (slicesOf(index, service).length === 0 && !isWhollyRead(index, 'EndpointSlice', meant.namespace)) return [];
    return [
      exposureMessages.SVC561.raise({
        subject: { kind: 'Service', namespace: meant.namespace, name: meant.service },
        args: {
          service: `${subject.namespace}/${subject.name}`,
          target: `${meant.namespace}/${meant.service}`,
          namespace: meant.namespace,
          name: meant.service,
        },
        evidence: [
          { fact: `externalName is ${externalNameOf(subject)}`, source: `${formatRef(subject.ref)} spec.externalName` },
          {
            fact: `0 of ${rows.length} endpoints ready`,
            source: `EndpointSlices of Service ${meant.namespace}/${meant.service}`,
          },
        ],
      }),
    ];
  },
});
