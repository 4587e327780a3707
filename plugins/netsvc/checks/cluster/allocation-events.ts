import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { newAddressFix } from './new-address.ts';

/**
 * Warnings of the controllers that keep the books of ClusterIPs and node ports. `NotAllocated` is mended by the controller
 * itself; the others need a person (pkg/registry/core/service/{ipallocator,portallocator}/controller/repair.go).
 */
export const allocationEvents = defineCheck<ServiceSubject>({
  id: 'netsvc/allocation-events',
  group: 'cluster',
  needs: [],
  uses: ['Event'],
  run: (subject, { index, now }) => {
    const event = index
      .events(subject.service, 'Service')
      .findLast((entry) =>
        /^(ClusterIP|Port)(NotAllocated|AlreadyAllocated|OutOfRange|NotValid|WrongReference)$/.test(entry.reason),
      );
    if (event === undefined) return [];
    // One or two of these accompany the birth of many a Service.
    const mended = /NotAllocated|WrongReference/.test(event.reason);
    if (mended && event.count < 5) return [];
    return [
      clusterMessages.SVC808.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          reason: event.reason,
          message: shorten(event.message, 160),
        },
        severity: mended ? 'info' : 'warning',
        fixes: /^ClusterIP/.test(event.reason) && !mended ? newAddressFix(subject) : [],
        evidence: [
          {
            fact: `${event.reason} ×${event.count}, ${ago(event.lastSeen, now)}: ${shorten(event.message, 200)}`,
            source: `Event on ${formatRef(subject.ref)}`,
          },
        ],
      }),
    ];
  },
});
