import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { aliasedService, externalNameOf, isAlias, slicesUnasked } from './alias-target.ts';

/** An alias of a Service that exists and has no ready endpoint: the fault lies there. */
export const externalNameEndpoints = defineCheck<ServiceSubject>({
  id: 'netsvc/external-name-endpoints',
  group: 'exposure',
  needs: [],
  uses: ['Service', 'EndpointSlice', 'Pod'],
  applies: ({ type }) => type === 'ExternalName',
  run: (subject, { index }) => {
    const service = aliasedService(index, subject);
    if (service === undefined || isAlias(service)) return [];
    const namespace = namespaceOf(service);
    const name = nameOf(service);
    if (index.seen('EndpointSlice', namespace).status !== 'ok') return [];
    const rows = endpointRows(index, service);
    if (rows.some((row) => row.ready)) return [];
    if (slicesUnasked(index, service)) return [];
    return [
      exposureMessages.SVC561.raise({
        subject: { kind: 'Service', namespace, name },
        args: {
          service: `${subject.namespace}/${subject.name}`,
          target: `${namespace}/${name}`,
          namespace,
          name,
        },
        evidence: [
          { fact: `externalName is ${externalNameOf(subject)}`, source: `${formatRef(subject.ref)} spec.externalName` },
          {
            fact: `0 of ${rows.length} endpoints ready`,
            source: `EndpointSlices of Service ${namespace}/${name}`,
          },
        ],
      }),
    ];
  },
});
