import type { Gatherer } from '../../../shared/collect/gather.ts';
import type { Ingress, Service } from '../../../shared/model/objects.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { backendNames } from '../targets/resolve-services.ts';

/** What the Ingresses in front of a Service depend on: classes, certificates, and the controller when one is missed. */
export async function readIngresses(gatherer: Gatherer, service: Service): Promise<void> {
  const namespace = namespaceOf(service);
  const all = await gatherer.list('Ingress', { namespace });
  const concerned = all.filter((ingress) => backendNames(ingress).includes(nameOf(service)));
  if (concerned.length === 0) return;
  const secrets = new Set(
    concerned.flatMap((ingress) => (ingress.spec?.tls ?? []).flatMap((tls) => tls.secretName ?? [])),
  );
  await Promise.all([
    gatherer.list('IngressClass'),
    ...[...secrets].map((name) => gatherer.get('Secret', namespace, name)),
    ...(concerned.some(withoutAddress) ? [gatherer.list('Deployment'), gatherer.list('Pod')] : []),
  ]);
}

/** No address yet: whether a controller runs at all is seen in the workloads of all namespaces. */
function withoutAddress(ingress: Ingress): boolean {
  return (ingress.status?.loadBalancer?.ingress ?? []).length === 0;
}
