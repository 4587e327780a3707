import type { Plan } from '../../../shared/cli/command.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import { podAddressField } from '../../../shared/model/pods.ts';
import { formatAddress, parseCidr } from '../../../shared/util/addresses.ts';
import { type End, namespaceOfEnd } from '../targets/parse-end.ts';
import { readPolicies, readWaysIn, type Scope } from './policy-plan.ts';

/**
 * What a question between ends needs: the namespaces of both, and the objects that are named. `ways`: also what leads to
 * them from outside.
 */
export function endsPlan(ends: readonly End[], scope?: Scope, ways = false): Plan {
  return async (gatherer, inForce) => {
    const owners = (await Promise.all(ends.map((end) => readEnd(gatherer, end, inForce)))).flat();
    const named = ends.flatMap((end) =>
      end.type === 'address' || end.type === 'internet' || (end.type === 'object' && end.kind === 'Node')
        ? []
        : [namespaceOfEnd(end, inForce)],
    );
    const own = [...new Set([...named, ...owners])];
    await Promise.all([
      readPolicies(gatherer, scope ?? own, own.length === 0 ? [inForce] : own),
      ways ? readWaysIn(gatherer, own, own) : undefined,
    ]);
  };
}

/** Reads the object that an end names, and gives the namespaces that it leads to. */
async function readEnd(gatherer: Gatherer, end: End, inForce: string): Promise<readonly string[]> {
  const namespace = namespaceOfEnd(end, inForce);
  switch (end.type) {
    case 'address':
      return readAddress(gatherer, end.cidr);
    case 'object': {
      if (end.kind === 'Pod' || end.kind === 'Node' || end.kind === 'Namespace') return [];
      const found =
        end.kind === 'Service'
          ? await readService(gatherer, namespace, end.name)
          : (
              await Promise.all([
                gatherer.get(end.kind, namespace, end.name),
                readOwners(gatherer, end.kind, namespace),
              ])
            )[0];
      // `jobs/batch`: no such Job, so the word may be a namespace.
      if (found || end.orIn === undefined) return [];
      await readEnd(gatherer, { type: 'name', namespace: end.orIn, name: end.name }, inForce);
      return [end.orIn];
    }
    case 'name': {
      const service = await readService(gatherer, namespace, end.name);
      if (service) return [];
      await Promise.all(
        WORKLOAD_KINDS.filter((kind) => kind !== 'ReplicaSet' && kind !== 'ReplicationController').map((kind) =>
          gatherer.get(kind, namespace, end.name),
        ),
      );
      // A name that is nothing may be a slip: the names that are there tell what was meant.
      await Promise.all([gatherer.list('Service', { namespace }), readOwners(gatherer, 'Deployment', namespace)]);
      return [];
    }
    default:
      return [];
  }
}

/** What stands between a workload and its pods. */
async function readOwners(gatherer: Gatherer, kind: string, namespace: string): Promise<void> {
  if (kind === 'Deployment') await gatherer.list('ReplicaSet', { namespace });
  if (kind === 'CronJob') await gatherer.list('Job', { namespace });
}

/** True when the Service is there. */
async function readService(gatherer: Gatherer, namespace: string, name: string): Promise<boolean> {
  const service = await gatherer.get('Service', namespace, name);
  if (service?.spec?.selector == null && service !== undefined) {
    await gatherer.list('EndpointSlice', { namespace, labelSelector: `kubernetes.io/service-name=${name}` });
  }
  return service !== undefined;
}

/** An address may be that of a Service or a pod: both can be asked for by it. */
async function readAddress(gatherer: Gatherer, cidr: string): Promise<readonly string[]> {
  const range = parseCidr(cidr);
  if (range === undefined || range.first !== range.last) return [];
  const address = formatAddress({ family: range.family, value: range.first });
  const [services, pods] = await Promise.all([
    gatherer.list('Service', { fieldSelector: `spec.clusterIP=${address}` }),
    gatherer.list('Pod', { fieldSelector: podAddressField(address) }),
  ]);
  return [...services, ...pods].flatMap(({ metadata }) => metadata?.namespace ?? []);
}
