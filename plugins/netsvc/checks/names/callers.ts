import { meaningFor } from '../../../../shared/dns/service-names.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Container, Labels, PodSpec } from '../../../../shared/model/objects.ts';
import { controllerOf, WORKLOAD_KINDS, workloadsIn } from '../../../../shared/model/owners.ts';
import { isFinished } from '../../../../shared/model/pods.ts';
import { namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { hostsIn, hostVariables, type NamedHost } from './host-references.ts';

/** A workload, or a pod without one, as somebody who calls Services. */
export interface Caller {
  readonly ref: Ref;
  readonly namespace: string;
  readonly labels: Labels | undefined;
  readonly spec: PodSpec | undefined;
}

/** A place in a caller's specification that names a host. */
export interface Reference extends NamedHost {
  readonly caller: Caller;
  readonly container: string;
  /** `env API_URL`, `argument`. */
  readonly where: string;
  /** The environment variable, when it is written in the specification itself and holds no credentials. */
  readonly variable: { readonly name: string; readonly value: string } | undefined;
}

/** All callers of a namespace: workloads by their templates, and pods that no known workload made. */
export function callersIn(index: ClusterIndex, namespace: string): readonly Caller[] {
  return index.memo(`names/callers/${namespace}`, () => [
    ...workloadsIn(index, namespace).map(({ ref, template }) => ({
      ref,
      namespace,
      labels: template?.metadata?.labels,
      spec: template?.spec,
    })),
    ...index
      .list('Pod', namespace)
      .filter((pod) => !isFinished(pod) && !isMade(controllerOf(pod)?.kind))
      .map((pod) => ({ ref: refOf(pod, 'Pod'), namespace, labels: pod.metadata?.labels, spec: pod.spec })),
  ]);
}

function isMade(kind: string | undefined): boolean {
  return WORKLOAD_KINDS.some((known) => known === kind);
}

/** Every reference of every namespace that was read, by the name of the Service it means. */
export function referencesTo(index: ClusterIndex, service: string): readonly Reference[] {
  return index.memo('names/references', () => collect(index)).get(service) ?? [];
}

function collect(index: ClusterIndex): ReadonlyMap<string, readonly Reference[]> {
  const map = new Map<string, Reference[]>();
  for (const namespace of namespacesOf(index)) {
    for (const caller of callersIn(index, namespace)) {
      for (const reference of referencesOf(index, caller)) {
        const meant = meaningOf(index, reference);
        if (meant === undefined) continue;
        const list = map.get(meant.service);
        if (list === undefined) map.set(meant.service, [reference]);
        else list.push(reference);
      }
    }
  }
  return map;
}

/** The Service that a reference means to its caller. */
export function meaningOf(index: ClusterIndex, { host, caller }: Reference): ReturnType<typeof meaningFor> {
  return meaningFor(host, caller.namespace, (name) => index.get('Service', caller.namespace, name) !== undefined);
}

function namespacesOf(index: ClusterIndex): readonly string[] {
  const names = new Set<string>();
  for (const kind of [...WORKLOAD_KINDS, 'Pod'] as const)
    for (const object of index.list(kind)) names.add(namespaceOf(object));
  return [...names].sort();
}

function referencesOf(index: ClusterIndex, caller: Caller): readonly Reference[] {
  const containers = [...(caller.spec?.initContainers ?? []), ...(caller.spec?.containers ?? [])];
  return containers.flatMap((container) => inContainer(index, caller, container));
}

function inContainer(index: ClusterIndex, caller: Caller, container: Container): readonly Reference[] {
  const name = container.name ?? '';
  const references: Reference[] = [];
  const values = new Map<string, string>();
  for (const { name: variable = '', value, valueFrom } of container.env ?? []) {
    const key = valueFrom?.configMapKeyRef;
    const text = value ?? configValue(index, caller.namespace, key?.name, key?.key);
    if (text === undefined) continue;
    values.set(variable, text);
    // A value with a user in it may hold a password, and one from elsewhere is not changed here.
    const own = value !== undefined && !value.includes('@') ? { name: variable, value } : undefined;
    for (const host of hostsIn(text)) {
      references.push({ ...host, caller, container: name, where: `env ${variable}`, variable: own });
    }
  }
  for (const entry of container.envFrom ?? []) {
    const data = index.get('ConfigMap', caller.namespace, entry.configMapRef?.name ?? '')?.data ?? {};
    for (const [key, text] of Object.entries(data)) {
      const variable = `${entry.prefix ?? ''}${key}`;
      if (!values.has(variable)) values.set(variable, text);
      for (const host of hostsIn(text)) {
        const where = `env ${variable} from ConfigMap ${entry.configMapRef?.name ?? ''}`;
        references.push({ ...host, caller, container: name, where, variable: undefined });
      }
    }
  }
  for (const host of hostVariables(values)) {
    references.push({ ...host, caller, container: name, where: `env ${host.variable}`, variable: undefined });
  }
  for (const text of [...(container.command ?? []), ...(container.args ?? [])]) {
    for (const host of hostsIn(text)) {
      references.push({ ...host, caller, container: name, where: 'an argument', variable: undefined });
    }
  }
  return references;
}

function configValue(
  index: ClusterIndex,
  namespace: string,
  name: string | undefined,
  key: string | undefined,
): string | undefined {
  return name === undefined || key === undefined ? undefined : index.get('ConfigMap', namespace, name)?.data?.[key];
}

/** `Deployment front`. */
export function callerName({ ref }: Caller): string {
  return `${ref.kind} ${ref.name}`;
}
