import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * Where pods could not be seen, slices still tell whether anybody is ready. Pods that are there and not ready are a fault,
 * though its root remains open; without any it may be a workload that is scaled to zero on purpose.
 */
export const noReadyEndpoint = defineCheck<ServiceSubject>({
  id: 'netsvc/no-ready-endpoint',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Pod'],
  applies: (subject, { index }) =>
    subject.selector !== undefined && index.seen('Pod', subject.namespace).status !== 'ok',
  run: (subject, { index }) => {
    const rows = endpointRows(index, subject.service);
    if (rows.some(({ ready }) => ready)) return [];
    const names = rows.map(({ endpoint, addresses }) => endpoint.targetRef?.name ?? addresses[0] ?? '');
    return [
      endpointsMessages.SVC516.raise({
        subject: subject.ref,
        ...(rows.length === 0 ? { severity: 'info' } : {}),
        args: {
          service: `${subject.namespace}/${subject.name}`,
          notReady: joinNames([...new Set(names)], 3),
          namespace: subject.namespace,
          selector: Object.entries(subject.selector ?? {})
            .map(([key, value]) => `${key}=${value}`)
            .join(','),
        },
        evidence: [
          {
            fact: rows.length === 0 ? 'no endpoint at all' : `0 of ${plural(rows.length, 'endpoint')} ready`,
            source: `EndpointSlices of ${formatRef(subject.ref)}`,
          },
        ],
      }),
    ];
  },
});
