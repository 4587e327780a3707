import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podsWithAddress } from '../../../../shared/model/held-addresses.ts';
import { podAddresses } from '../../../../shared/model/pods.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointRows, isControllerSlice, slicesOf } from '../../../../shared/model/services.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { isInPodRange, wasAskedFor } from './pod-ranges.ts';

/**
 * A Service with a selector that somebody else feeds as well: their addresses get a share of the requests, and no probe
 * takes them out.
 */
export const foreignSlice = defineCheck<ServiceSubject>({
  id: 'netsvc/foreign-slice',
  group: 'endpoints',
  needs: ['EndpointSlice'],
  uses: ['Pod', 'Node'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const rows = endpointRows(index, subject.service).filter(({ ready }) => ready);
    return slicesOf(index, subject.service).flatMap((slice) => {
      const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
      if (isControllerSlice(slice) || addresses.length === 0) return [];
      const own = new Set(subjectPods(index, subject).flatMap(podAddresses));
      // Its own pods, whoever wrote them down.
      if (addresses.every((address) => own.has(address))) return [];
      const dead = deadAddresses(index, addresses);
      const writer = slice.metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? 'nobody in particular';
      return [
        endpointsMessages.SVC515.raise({
          subject: refOf(slice, 'EndpointSlice'),
          args: {
            service: `${subject.namespace}/${subject.name}`,
            slice: nameOf(slice),
            addresses: joinNames(addresses, 3),
            writer,
            dead: joinNames(dead, 3),
            namespace: subject.namespace,
          },
          ...(dead.length === 0 ? {} : { severity: 'warning', impact: dead.length / Math.max(1, rows.length) }),
          evidence: [
            {
              fact: `managed by ${writer}, holds ${joinNames(addresses, 3)}`,
              source: formatRef(refOf(slice, 'EndpointSlice')),
            },
            ...(dead.length === 0
              ? []
              : [
                  {
                    fact: `no pod has address ${joinNames(dead, 3)}`,
                    source: 'pods of all namespaces',
                  },
                  {
                    fact: `${dead.length} of ${plural(rows.length, 'ready endpoint')} of the Service`,
                    source: `EndpointSlices of ${formatRef(subject.ref)}`,
                  },
                ]),
          ],
        }),
      ];
    });
  },
});

/** Addresses among those of pods that no pod has: only told when all pods were read, or asked for this address. */
function deadAddresses(index: ClusterIndex, addresses: readonly string[]): readonly string[] {
  return addresses.filter(
    (address) =>
      (isWhollyRead(index, 'Pod') || wasAskedFor(index, address)) &&
      isInPodRange(index, address) &&
      podsWithAddress(index, address).length === 0,
  );
}
