import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Ingress, Service } from '../../../shared/model/objects-network.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { ROUTE_KINDS } from '../checks/ingress/route-kinds.ts';
import { backendNames } from '../targets/resolve-services.ts';
import { readNamesakes } from './read-namesakes.ts';

/** What the Ingresses in front of a Service depend on. */
export async function readIngresses(gatherer: Gatherer, service: Service): Promise<void> {
  const all = await gatherer.list('Ingress', { namespace: namespaceOf(service) });
  const concerned = all.filter((ingress) => backendNames(ingress).includes(nameOf(service)));
  await Promise.all(concerned.map((ingress) => readIngress(gatherer, ingress)));
}

/** Routes that are read at most: they are few, or there are so many that those of the namespace have to do. */
const MAX_ROUTES = 500;

/** Routes of Gateways, which may send to a Service from any namespace; a server without their group is not asked. */
export async function readRoutes(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all([
    ...ROUTE_KINDS.map(async (kind) => {
      const all = await gatherer.tryList(kind, { max: MAX_ROUTES });
      const partly = all.status === 'ok' && all.truncated === true;
      if (all.status === 'forbidden' || partly) await gatherer.list(kind, { namespace });
      else if (all.status === 'ok' && all.value.length > 0) await gatherer.list('Gateway');
    }),
    gatherer.list('ReferenceGrant', { namespace }),
  ]);
}

/** Its class, its certificates, Ingresses that may claim the same path, and its controller when it has no address. */
export async function readIngress(gatherer: Gatherer, ingress: Ingress): Promise<void> {
  const namespace = namespaceOf(ingress);
  const secrets = new Set((ingress.spec?.tls ?? []).flatMap((tls) => tls.secretName ?? []));
  await Promise.all([
    gatherer.list('IngressClass'),
    gatherer.list('Ingress'),
    ...[...secrets].map((name) => gatherer.get('Secret', namespace, name)),
    readController(gatherer, hasAddress(ingress)),
    readStrayBackends(gatherer, ingress),
    ...(hasAddress(ingress) ? [] : [gatherer.list('Deployment')]),
  ]);
}

/** Backends that the namespace does not have may be in another one. */
async function readStrayBackends(gatherer: Gatherer, ingress: Ingress): Promise<void> {
  const services = await gatherer.list('Service', { namespace: namespaceOf(ingress) });
  const known = new Set(services.map(nameOf));
  await readNamesakes(
    gatherer,
    backendNames(ingress).filter((name) => !known.has(name)),
  );
}

/** How the charts of the known controllers label their pods. */
const CONTROLLERS =
  'app.kubernetes.io/name in (ingress-nginx,nginx-ingress,traefik,haproxy-ingress,kubernetes-ingress,kong,envoy,contour)';

/** The pods that forward the requests, and where one waits for an address, by what Services they are reached. */
async function readController(gatherer: Gatherer, hasAddress: boolean): Promise<void> {
  const pods = await gatherer.list('Pod', { labelSelector: CONTROLLERS });
  // Where none runs, whether it was switched off.
  if (pods.length === 0) await gatherer.list('Deployment');
  if (hasAddress) return;
  await Promise.all([...new Set(pods.map(namespaceOf))].map((namespace) => gatherer.list('Service', { namespace })));
}

function hasAddress(ingress: Ingress): boolean {
  return (ingress.status?.loadBalancer?.ingress ?? []).length > 0;
}
