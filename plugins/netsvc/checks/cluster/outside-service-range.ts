import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { inRange, parseAddress } from '../../../../shared/util/addresses.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { newAddressFix } from './new-address.ts';
import { addressesOf, serviceRanges } from './service-ranges.ts';

/** A ClusterIP outside of every range that the API server gives out: it may be given to another Service as well. */
export const outsideServiceRange = defineCheck<ServiceSubject>({
  id: 'netsvc/outside-service-range',
  group: 'cluster',
  needs: ['ServiceCIDR'],
  applies: (subject) => addressesOf(subject).length > 0,
  run: (subject, { index }) => {
    const ranges = serviceRanges(index);
    return addressesOf(subject).flatMap((text) => {
      const address = parseAddress(text);
      const family = ranges.filter(({ range }) => range.family === address?.family);
      if (address === undefined || family.length === 0 || family.some(({ range }) => inRange(range, address)))
        return [];
      return [
        clusterMessages.SVC807.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            address: text,
            ranges: family.map((entry) => entry.text).join(', '),
          },
          fixes: newAddressFix(subject),
          evidence: [
            { fact: `clusterIP ${text}`, source: `${formatRef(subject.ref)} spec.clusterIPs` },
            ...family.map((entry) => ({ fact: entry.text, source: `ServiceCIDR ${entry.owner}` })),
          ],
        }),
      ];
    });
  },
});
