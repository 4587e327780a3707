import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** A NodePort Service of a living cluster without a node port: the allocation failed or was undone. */
export const nodePortUnallocated = defineCheck<ServiceSubject>({
  id: 'netsvc/node-port-unallocated',
  group: 'exposure',
  needs: [],
  // A manifest that was never applied gets its number from the API server.
  applies: ({ type, service }) => type === 'NodePort' && (service.metadata?.uid ?? '') !== '',
  run: (subject) => {
    const missing = subject.ports.filter((port) => (port.nodePort ?? 0) === 0);
    return missing.map((port) =>
      exposureMessages.SVC576.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          namespace: subject.namespace,
          name: subject.name,
          port: port.port ?? 0,
        },
        evidence: [{ fact: `port ${port.port ?? 0} has no nodePort`, source: `${formatRef(subject.ref)} spec.ports` }],
      }),
    );
  },
});
