import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { readNamespace } from './read-namespace.ts';

/**
 * An alias that may mean a name inside the cluster leads to another Service, in any namespace, directly or through further
 * aliases: that Service, when it has endpoints of its own, for the caller to read in depth.
 */
export async function readAlias(gatherer: Gatherer, alias: Service): Promise<Service | undefined> {
  const seen = new Set<string>();
  let service: Service | undefined = alias;
  while (service?.spec?.type === 'ExternalName') {
    const key = `${namespaceOf(service)}/${nameOf(service)}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    service = await readNext(gatherer, service);
  }
  if (service === undefined) return undefined;
  if (namespaceOf(service) !== namespaceOf(alias)) await readNamespace(gatherer, namespaceOf(service));
  return service;
}

async function readNext(gatherer: Gatherer, service: Service): Promise<Service | undefined> {
  const labels = (service.spec?.externalName ?? '').replace(/\.$/, '').split('.');
  const [name = '', namespace = namespaceOf(service), svc] = labels;
  // `db`, `db.shop` and `db.shop.svc…`: more labels without svc are a name of the outer world.
  if (name === '' || namespace === '' || (labels.length > 2 && svc !== 'svc')) return undefined;
  const [target] = await Promise.all([
    gatherer.get('Service', namespace, name),
    gatherer.get('Namespace', undefined, namespace),
    gatherer.list('Service', { namespace }),
    gatherer.list('EndpointSlice', { namespace, labelSelector: `kubernetes.io/service-name=${name}` }),
  ]);
  return target;
}
