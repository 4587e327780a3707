import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { endpointRows, slicesOf } from '../../../../shared/model/services.ts';
import { joinAnd } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/**
 * One address in several slices. kube-proxy counts it once, and the controller does it for a moment while it moves
 * endpoints; but when the two entries disagree on readiness, which of them wins is not defined.
 */
export const duplicateEndpoints = defineCheck<ServiceSubject>({
  id: 'netsvc/duplicate-endpoints',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Pod'],
  applies: (subject) => subject.type !== 'ExternalName',
  run: (subject, { index }) => {
    if (slicesOf(index, subject.service).length < 2) return [];
    const seen = new Map<string, Map<string, boolean>>();
    for (const row of endpointRows(index, subject.service)) {
      const ports = row.ports.map((port) => `${port.name ?? ''}/${port.port ?? 0}/${port.protocol ?? ''}`).join();
      for (const address of row.addresses) {
        const key = `${address} ${ports}`;
        const slices = seen.get(key) ?? new Map<string, boolean>();
        slices.set(nameOf(row.slice), row.ready);
        seen.set(key, slices);
      }
    }
    const twice = [...seen].filter(([, slices]) => slices.size > 1);
    const [first] = twice;
    if (first === undefined) return [];
    const [key, slices] = first;
    const address = key.split(' ')[0] ?? '';
    return [
      endpointsMessages.SVC514.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          address,
          slices: joinAnd([...slices.keys()]),
          others: twice.length - 1,
          disagree: new Set(slices.values()).size > 1,
        },
        evidence: [{ fact: `${address} stands in ${joinAnd([...slices.keys()])}`, source: formatRef(subject.ref) }],
      }),
    ];
  },
});
