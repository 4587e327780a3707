import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { newAddressFix } from './new-address.ts';
import { addressesOf } from './service-ranges.ts';

/** One ClusterIP on two Services: which of them answers is left to chance. */
export const clusterIpTaken = defineCheck<ServiceSubject>({
  id: 'netsvc/cluster-ip-taken',
  group: 'cluster',
  needs: ['Service'],
  applies: (subject) => addressesOf(subject).length > 0,
  run: (subject, { index }) => {
    const holders = index.memo('cluster/cluster-ips', () => holdersOf(index));
    const name = `${subject.namespace}/${subject.name}`;
    return addressesOf(subject).flatMap((address) => {
      const other = (holders.get(address) ?? []).find((holder) => holder !== name);
      if (other === undefined) return [];
      return [
        clusterMessages.SVC811.raise({
          subject: subject.ref,
          args: { service: name, address, other },
          fixes: newAddressFix(subject),
          evidence: [
            { fact: `clusterIP ${address}`, source: formatRef(subject.ref) },
            { fact: `clusterIP ${address}`, source: `Service ${other}` },
          ],
        }),
      ];
    });
  },
});

function holdersOf(index: ClusterIndex): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const service of index.list('Service')) {
    const { clusterIPs, clusterIP = '' } = service.spec ?? {};
    for (const address of new Set(clusterIPs ?? [clusterIP])) {
      if (address === '' || address === 'None') continue;
      const name = `${namespaceOf(service)}/${nameOf(service)}`;
      const list = map.get(address);
      if (list === undefined) map.set(address, [name]);
      else list.push(name);
    }
  }
  return map;
}
