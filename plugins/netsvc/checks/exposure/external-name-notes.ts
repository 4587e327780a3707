import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { parseClusterName } from '../../../../shared/dns/service-names.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { externalNameOf } from './alias-target.ts';

/** What an alias does not do, for callers that speak HTTP or TLS. */
export const externalNameNotes = defineCheck<ServiceSubject>({
  id: 'netsvc/external-name-notes',
  group: 'exposure',
  needs: [],
  applies: ({ type, ports }) => type === 'ExternalName' && ports.length > 0,
  run: (subject) => {
    const moved = subject.ports.filter((port) => port.targetPort !== undefined && port.targetPort !== port.port);
    const web = subject.ports.filter((port) => [80, 443, 8080, 8443].includes(port.port ?? 0));
    if (moved.length === 0 && web.length === 0) return [];
    const outside = parseClusterName(externalNameOf(subject)) === undefined;
    if (moved.length === 0 && !outside) return [];
    return [
      exposureMessages.SVC562.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          target: externalNameOf(subject),
          moved: joinAnd(moved.map((port) => `${port.port ?? 0}→${port.targetPort ?? 0}`)),
        },
        evidence: [
          {
            fact: `ports ${joinAnd(subject.ports.map((port) => String(port.port ?? 0)))}`,
            source: `${formatRef(subject.ref)} spec.ports`,
          },
        ],
      }),
    ];
  },
});
