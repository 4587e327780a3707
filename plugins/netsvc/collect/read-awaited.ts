import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished, isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { formatLabels, matchesLabels } from '../../../shared/model/selectors.ts';
import { selectorOf } from '../../../shared/model/services.ts';
import { hostParts } from '../checks/names/host-parts.ts';
import { bareHosts, hostVariables, ownName } from '../checks/names/host-references.ts';
import { askedHosts } from '../checks/pods/dependencies/asked-hosts.ts';
import { readLogs } from './read-logs.ts';
import { readNamesakes } from './read-namesakes.ts';
import { readNamespace } from './read-namespace.ts';
import { podsWithLabels } from './read-pods.ts';
import { slicesOf } from './slices-of.ts';

/** Services that pods in trouble ask for, and how far they are followed. */
const MAX_AWAITED = 3;
const MAX_STEPS = 4;

/**
 * The Services that pods in trouble name in their logs, commands, probes or environment, as far as
 * their pods are in trouble too: who waits for a database is healed at the database.
 */
export async function readAwaited(
  gatherer: Gatherer,
  service: Service,
  pods: readonly Pod[],
  logs: readonly string[],
  seen: ReadonlySet<string> = new Set(),
): Promise<void> {
  const sick = pods.filter((pod) => !isReady(pod) && !isFinished(pod));
  const known = new Set([...seen, nameOf(service)]);
  if (sick.length === 0 || known.size > MAX_STEPS) return;
  const namespace = namespaceOf(service);
  const hosts = hostsOf(sick, logs);
  const own = hosts.flatMap((host) => ownName(namespace, host) ?? []);
  // `db-0.db` stands for a pod of Service `db`.
  const ofPods = hosts.flatMap((host) =>
    hostParts(namespace, host).flatMap((one) => (one.pod !== undefined && one.namespace === namespace ? one.name : [])),
  );
  const names = [...own, ...ofPods].filter((name) => !known.has(name));
  const abroad = readAbroad(gatherer, namespace, hosts);
  const services = await gatherer.list('Service', { namespace });
  const absent = own.filter((name) => !services.some((one) => nameOf(one) === name));
  await readNamesakes(gatherer, absent);
  await Promise.all(
    services
      .filter((one) => names.includes(nameOf(one)) || hosts.includes(one.spec?.clusterIP ?? ''))
      .slice(0, MAX_AWAITED)
      .map(async (awaited) => {
        const selector = selectorOf(awaited);
        const slices = gatherer.list('EndpointSlice', slicesOf(namespace, nameOf(awaited)));
        if (selector !== undefined && !sick.some((pod) => matchesLabels(selector, pod.metadata?.labels))) {
          const behind = await podsWithLabels(gatherer, namespace, selector);
          await readAwaited(gatherer, awaited, behind, await readLogs(gatherer, awaited, behind), known);
        }
        await slices;
      }),
  );
  await abroad;
}

/**
 * Services of other namespaces, which are followed one step. `example.org` could be one, so that each is asked for by
 * name first; of its namespace what a diagnosis needs is read only when it is there.
 */
async function readAbroad(gatherer: Gatherer, own: string, hosts: readonly string[]): Promise<void> {
  const named = hosts.flatMap((host) => hostParts(own, host).filter(({ pod, sure }) => sure || pod === undefined));
  const asked = new Map(
    named.filter((one) => one.namespace !== own).map((one) => [`${one.namespace}/${one.name}`, one]),
  );
  await Promise.all(
    [...asked.values()].slice(0, MAX_AWAITED).map(async ({ namespace, name, sure }) => {
      const service = await gatherer.get('Service', namespace, name);
      const selector = service === undefined ? undefined : selectorOf(service);
      if (service === undefined) {
        const there = await gatherer.get('Namespace', undefined, namespace);
        if (sure || there !== undefined) await gatherer.list('Service', { namespace });
      }
      if (service === undefined || selector === undefined) return;
      const [pods] = await Promise.all([
        podsWithLabels(gatherer, namespace, selector),
        gatherer.list('EndpointSlice', slicesOf(namespace, name)),
        gatherer.list('Service', { namespace }),
        gatherer.list('ReplicaSet', { namespace, labelSelector: formatLabels(selector) }),
        readNamespace(gatherer, namespace),
      ]);
      await readLogs(gatherer, service, pods);
    }),
  );
}

function hostsOf(pods: readonly Pod[], logs: readonly string[]): readonly string[] {
  const containers = pods.flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]);
  const words = containers.flatMap(({ command = [], args = [], env = [], readinessProbe, startupProbe }) => [
    [...command, ...args].join(' '),
    (readinessProbe?.exec?.command ?? startupProbe?.exec?.command ?? []).join(' '),
    ...env.map(({ value = '' }) => value),
  ]);
  const variables = containers.flatMap(({ env = [] }) => {
    const values = new Map(env.map(({ name = '', value = '' }) => [name, value]));
    return [...hostVariables(values), ...bareHosts(values)];
  });
  return [...new Set([...askedHosts([...logs, ...words].join('\n')), ...variables].map(({ host }) => host))];
}
