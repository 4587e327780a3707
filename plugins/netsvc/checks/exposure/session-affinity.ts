import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { formatDuration } from '../../../../shared/util/duration.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** How long an address sticks when the Service does not say, in seconds (API reference, ClientIPConfig). */
const DEFAULT_TIMEOUT = 10_800;

/** sessionAffinity ClientIP sends all requests of one address to one pod, which looks like uneven load or one bad caller. */
export const sessionAffinity = defineCheck<ServiceSubject>({
  id: 'netsvc/session-affinity',
  group: 'exposure',
  needs: ['EndpointSlice'],
  uses: ['Pod'],
  applies: ({ service, headless }) => service.spec?.sessionAffinity === 'ClientIP' && !headless,
  run: (subject, { index }) => {
    const rows = endpointRows(index, subject.service);
    const ready = rows.filter((row) => row.ready).length;
    if (ready === 0 || rows.length < 2) return [];
    const seconds = subject.service.spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_TIMEOUT;
    return [
      exposureMessages.SVC567.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          timeout: formatDuration(seconds * 1000),
          ready,
          all: rows.length,
        },
        evidence: [
          {
            fact: `sessionAffinity ClientIP for ${seconds}s`,
            source: `${formatRef(subject.ref)} spec.sessionAffinity`,
          },
          { fact: `${ready} of ${rows.length} endpoints ready`, source: `EndpointSlices of ${formatRef(subject.ref)}` },
        ],
      }),
    ];
  },
});
