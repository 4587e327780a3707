import type { Plan } from '../../../shared/cli/command.ts';
import { isAddress, type Target } from '../../../shared/cli/parse-target.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KubeObject, Labels } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { podAddressField } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { selectorOf } from '../../../shared/model/services.ts';
import { labelDistance } from '../checks/selector/label-distance.ts';
import type { CallerName } from '../targets/caller.ts';
import { backendNames, NEAR } from '../targets/resolve-services.ts';
import { readCaller } from './read-caller.ts';
import { readIngress } from './read-ingresses.ts';
import { readNamespace } from './read-namespace.ts';
import { podsOfSmallNamespace } from './read-pods.ts';
import { readService } from './read-service.ts';
import { slicesOf } from './slices-of.ts';

/** Services behind one workload or Ingress that are read in depth. */
const MAX_SERVICES = 10;

/** Loads code that is used when everything is read. */
export type Loader = () => Promise<unknown>;

/**
 * Reads what a diagnosis of one target needs and no more: the target, what is behind its Services, and the small kinds
 * of its namespace. Two or three rounds of parallel requests; what one kind refuses, the others do not wait for. The
 * last answers are waited for with `loadRest`.
 */
export function targetPlan(target: Target, caller: CallerName | undefined, loadRest?: Loader): Plan {
  return async (gatherer, inForce) => {
    const namespace = target.namespace ?? inForce;
    // First of all what takes the server longest. A fault is met by who asked.
    podsOfSmallNamespace(gatherer, namespace).catch(() => undefined);
    loadAhead(gatherer, namespace, loadRest).catch(() => undefined);
    await Promise.all([
      findServices(gatherer, target, namespace).then((services) =>
        Promise.all(services.slice(0, MAX_SERVICES).map((service) => readService(gatherer, service))),
      ),
      // The slices of a Service are found by its name: they need not wait for it.
      target.kind === 'Service' ? gatherer.list('EndpointSlice', slicesOf(namespace, target.name)) : undefined,
      readNamespace(gatherer, namespace),
      caller === undefined ? undefined : readCaller(gatherer, caller),
    ]);
  };
}

/** What unpacks, judges and prints is loaded while the cluster answers: it takes as long as the rounds of requests. */
async function loadAhead(gatherer: Gatherer, namespace: string, loadRest: Loader | undefined): Promise<void> {
  await gatherer.reader.underWay();
  await Promise.all([import('node:zlib'), import('../checks/checks.ts')]);
  // With the pods the last round begins.
  await podsOfSmallNamespace(gatherer, namespace);
  await new Promise((resolve) => setImmediate(resolve));
  await loadRest?.();
}

async function findServices(gatherer: Gatherer, target: Target, namespace: string): Promise<readonly Service[]> {
  const [found] = await Promise.all([
    gatherer.get(target.kind, namespace, target.name) as Promise<KubeObject | undefined>,
    // For nearest names, for Services that share pods, and where only lists are allowed.
    gatherer.list('Service', { namespace }),
    target.kind === 'Service' ? undefined : gatherer.list(target.kind, { namespace }),
  ]);
  const listed = await gatherer.list('Service', { namespace });
  if (target.kind === 'Service') {
    const service = (found as Service | undefined) ?? listed.find((entry) => nameOf(entry) === target.name);
    if (service !== undefined) return [service];
  }
  if (found === undefined) {
    // The same name in other namespaces, asked in one request; refused without cluster-wide rights, which is fine.
    await Promise.all([
      gatherer.list(target.kind, { fieldSelector: `metadata.name=${target.name}` }),
      gatherer.list('Namespace'),
      // `db-0.db` may be a pod of Service db.
      target.kind === 'Service' && target.namespace !== undefined
        ? gatherer.list('Service', { fieldSelector: `metadata.name=${target.namespace}` })
        : undefined,
      ...(isAddress(target.name)
        ? [
            gatherer.list('Service'),
            gatherer.list('Node'),
            gatherer.list('Pod', { fieldSelector: podAddressField(target.name) }),
          ]
        : []),
    ]);
    return [];
  }
  if (target.kind === 'Ingress') await readIngress(gatherer, found);
  const services = concerning(listed, found, target);
  return Promise.all(
    services.map(async (service) => (await gatherer.get('Service', namespace, nameOf(service))) ?? service),
  );
}

/** The Services that the object leads to, and those that may have been meant to: without any, all that share a label or bear the name. */
function concerning(services: readonly Service[], found: KubeObject, target: Target): readonly Service[] {
  if (target.kind === 'Ingress') {
    const names = backendNames(found);
    return services.filter((service) => names.includes(nameOf(service)));
  }
  const labels: Labels =
    (target.kind === 'Pod' ? (found as Pod).metadata?.labels : (found as Workload).spec?.template?.metadata?.labels) ??
    {};
  const away = (service: Service): number => labelDistance(selectorOf(service) ?? { '': '' }, labels);
  const selecting = services.filter((service) => away(service) === 0);
  return selecting.length > 0
    ? [...selecting, ...services.filter((service) => away(service) > 0 && away(service) <= NEAR)]
    : services.filter((service) => sharesALabel(service, labels) || nameOf(service) === target.name);
}

function sharesALabel(service: Service, labels: Labels): boolean {
  return Object.entries(selectorOf(service) ?? {}).some(([key, value]) => labels[key] === value);
}
