import { type ClusterName, meaningFor } from '../../../../shared/dns/service-names.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Container, Pod, PodSpec } from '../../../../shared/model/objects-pod.ts';
import { controllerOf, topOwner, WORKLOAD_KINDS, workloadsIn } from '../../../../shared/model/owners.ts';
import { isFinished } from '../../../../shared/model/pods.ts';
import { namespaceOf, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { hostsIn, hostVariables, type NamedHost } from './host-references.ts';

/** A workload, or a pod without one, as somebody who calls Services. */
export interface Caller {
  readonly ref: Ref;
  /** The workload in whose template a change would last; undefined for a pod that nobody makes. */
  readonly owner: Ref | undefined;
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
  /** What the host means to the caller. */
  readonly meant: ClusterName;
}

/** All callers of a namespace: workloads by their templates, and pods that no known workload made. */
export function callersIn(index: ClusterIndex, namespace: string): readonly Caller[] {
  return index.memo(`names/callers/${namespace}`, () => [
    ...workloadsIn(index, namespace).map(({ ref, template }) => ({
      ref,
      owner: ref,
      namespace,
      labels: template?.metadata?.labels,
      spec: template?.spec,
    })),
    ...index
      .list('Pod', namespace)
      .filter((pod) => !isFinished(pod) && !isMade(controllerOf(pod)?.kind))
      .map((pod) => callerOfPod(index, pod)),
  ]);
}

/** One pod as a caller. */
export function callerOfPod(index: ClusterIndex, pod: Pod): Caller {
  const top = topOwner(index, pod);
  return {
    ref: refOf(pod, 'Pod'),
    owner: isMade(top?.kind) ? top : undefined,
    namespace: namespaceOf(pod),
    labels: pod.metadata?.labels,
    spec: pod.spec,
  };
}

function isMade(kind: string | undefined): boolean {
  return WORKLOAD_KINDS.some((known) => known === kind);
}

/** References of all callers that were read, by the Service they mean. */
interface References {
  readonly byService: ReadonlyMap<string, readonly Reference[]>;
  /** Those that mean a Service which was not read, by its name. */
  readonly dangling: ReadonlyMap<string, readonly Reference[]>;
}

/** The references that mean this Service. */
export function referencesTo(index: ClusterIndex, namespace: string, service: string): readonly Reference[] {
  return collected(index).byService.get(`${namespace}/${service}`) ?? [];
}

/** The references of callers of a namespace that mean a Service which was read. */
export function referencesFrom(index: ClusterIndex, namespace: string): readonly Reference[] {
  return index.memo(`names/from/${namespace}`, () =>
    [...collected(index).byService.values()].flat().filter(({ caller }) => caller.namespace === namespace),
  );
}

/** The references that mean a Service of this name in a namespace where none was read. */
export function danglingReferences(index: ClusterIndex, service: string): readonly Reference[] {
  return collected(index).dangling.get(service) ?? [];
}

/** The references of callers of a namespace that mean a Service which was not read. */
export function danglingReferencesIn(index: ClusterIndex, namespace: string): readonly Reference[] {
  return index.memo(`names/dangling/${namespace}`, () =>
    [...collected(index).dangling.values()].flat().filter(({ caller }) => caller.namespace === namespace),
  );
}

function collected(index: ClusterIndex): References {
  return index.memo('names/references', () => {
    const byService = new Map<string, Reference[]>();
    const dangling = new Map<string, Reference[]>();
    for (const namespace of namespacesOf(index)) {
      for (const caller of callersIn(index, namespace)) {
        for (const reference of referencesOf(index, caller)) {
          const { service, namespace: where } = reference.meant;
          const known = index.get('Service', where, service) !== undefined;
          if (known) push(byService, `${where}/${service}`, reference);
          else push(dangling, service, reference);
        }
      }
    }
    return { byService, dangling };
  });
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function namespacesOf(index: ClusterIndex): readonly string[] {
  const names = new Set<string>();
  for (const kind of [...WORKLOAD_KINDS, 'Pod'] as const)
    for (const object of index.list(kind)) names.add(namespaceOf(object));
  return [...names].sort();
}

function referencesOf(index: ClusterIndex, caller: Caller): readonly Reference[] {
  const containers = [...(caller.spec?.initContainers ?? []), ...(caller.spec?.containers ?? [])];
  const own = (name: string): boolean => index.get('Service', caller.namespace, name) !== undefined;
  return containers.flatMap((container) =>
    inContainer(index, caller, container).flatMap((found): readonly Reference[] => {
      const meant = meaningFor(found.host, caller.namespace, own);
      return meant === undefined ? [] : [{ ...found, caller, container: container.name ?? '', meant }];
    }),
  );
}

type Found = NamedHost & Pick<Reference, 'where' | 'variable'>;

function inContainer(index: ClusterIndex, caller: Caller, container: Container): readonly Found[] {
  const found: Found[] = [];
  const values = new Map<string, string>();
  for (const { name: variable = '', value, valueFrom } of container.env ?? []) {
    const key = valueFrom?.configMapKeyRef;
    const text: unknown = value ?? configValue(index, caller.namespace, key?.name, key?.key);
    // Manifests that were never applied hold numbers here, which the API server would refuse.
    if (typeof text !== 'string') continue;
    values.set(variable, text);
    // A value with a user in it may hold a password, and one from elsewhere is not changed here.
    const own = text === value && !text.includes('@') ? { name: variable, value: text } : undefined;
    for (const host of hostsIn(text)) found.push({ ...host, where: `env ${variable}`, variable: own });
  }
  for (const { configMapRef, prefix = '' } of container.envFrom ?? []) {
    if (configMapRef?.name === undefined) continue;
    const data = index.get('ConfigMap', caller.namespace, configMapRef.name)?.data ?? {};
    for (const [key, text] of Object.entries(data)) {
      if (typeof text !== 'string') continue;
      if (!values.has(prefix + key)) values.set(prefix + key, text);
      const where = `env ${prefix}${key} from ConfigMap ${configMapRef.name}`;
      for (const host of hostsIn(text)) found.push({ ...host, where, variable: undefined });
    }
  }
  for (const host of hostVariables(values)) found.push({ ...host, where: `env ${host.variable}`, variable: undefined });
  for (const text of [...(container.command ?? []), ...(container.args ?? [])]) {
    for (const host of hostsIn(String(text))) found.push({ ...host, where: 'an argument', variable: undefined });
  }
  return found;
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
