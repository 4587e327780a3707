import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { exposureMessages } from '../../messages/exposure.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** Two manifests with the same node port: the API server refuses the second, so that it cannot show in a cluster. */
export const nodePortTaken = defineCheck<ServiceSubject>({
  id: 'netsvc/node-port-taken',
  group: 'exposure',
  needs: ['Service'],
  applies: ({ ports, service }) =>
    (service.metadata?.uid ?? '') === '' && ports.some((port) => (port.nodePort ?? 0) > 0),
  run: (subject, { index }) => {
    const holders = holdersByPort(index);
    return subject.ports.flatMap((port) => {
      const other = (holders.get(keyOf(port)) ?? []).find((name) => name !== `${subject.namespace}/${subject.name}`);
      if ((port.nodePort ?? 0) === 0 || other === undefined) return [];
      return [
        exposureMessages.SVC574.raise({
          subject: subject.ref,
          args: {
            service: `${subject.namespace}/${subject.name}`,
            namespace: subject.namespace,
            name: subject.name,
            port: port.nodePort ?? 0,
            at: subject.ports.indexOf(port),
            other,
          },
          evidence: [
            { fact: `nodePort ${port.nodePort}`, source: `${formatRef(subject.ref)} spec.ports` },
            { fact: `nodePort ${port.nodePort}`, source: `Service ${other} spec.ports` },
          ],
        }),
      ];
    });
  },
});

function holdersByPort(index: ClusterIndex): ReadonlyMap<string, readonly string[]> {
  return index.memo('exposure/node-ports', () => {
    const map = new Map<string, string[]>();
    for (const service of index.list('Service')) {
      if (service.spec?.type !== 'NodePort' && service.spec?.type !== 'LoadBalancer') continue;
      for (const port of service.spec.ports ?? []) {
        if ((port.nodePort ?? 0) === 0) continue;
        const name = `${namespaceOf(service)}/${nameOf(service)}`;
        const list = map.get(keyOf(port));
        if (list === undefined) map.set(keyOf(port), [name]);
        else if (!list.includes(name)) list.push(name);
      }
    }
    return map;
  });
}

function keyOf(port: ServicePort): string {
  return `${port.nodePort ?? 0}/${port.protocol ?? 'TCP'}`;
}
