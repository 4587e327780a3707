import { isApplied } from '../../../shared/model/applied.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { KINDS, type KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { topOwner, WORKLOAD_KINDS } from '../../../shared/model/owners.ts';
import { namespaceOrDefault, type Ref, refKey } from '../../../shared/model/refs.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { standInPod } from '../../../shared/policy/rules/stand-ins.ts';
import { podName } from '../../../shared/policy/rules/units.ts';
import { isSameObject } from './same-object.ts';

/** A deletion by kind, namespace and name. */
export interface Deletion {
  readonly kind: KindName;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What a change would do to the objects, beside the facts as they would then be. */
export interface Applied {
  readonly after: Snapshot;
  readonly created: readonly Ref[];
  readonly changed: readonly Ref[];
  readonly deleted: readonly Ref[];
  /** In the files, and the same as what is there. */
  readonly unchanged: number;
}

/**
 * The facts as they would be after `kubectl apply -f` of some files and the deletions: an object of the files takes the
 * place of the one of the same kind, namespace and name; labels of a Namespace are added to those it has, as apply does.
 * With a deleted namespace goes what is in it.
 * A workload whose pods would come out otherwise is judged by its new template, as its pods will be replaced.
 */
export function applyFiles(before: Snapshot, files: Snapshot, deletions: readonly Deletion[]): Applied {
  const created: Ref[] = [];
  const changed: Ref[] = [];
  const deleted: Ref[] = [];
  let unchanged = 0;
  const objects: Record<string, readonly KubeObject[]> = { ...before.objects };
  const origins: Record<string, string> = { ...before.origins };
  const replaced = new Set<string>();
  for (const kind of Object.keys(files.objects) as KindName[]) {
    const merged = new Map((objects[kind] ?? []).map((object) => [keyOf(object), object]));
    for (const object of (files.objects[kind] ?? []) as readonly KubeObject[]) {
      const key = keyOf(object);
      const old = merged.get(key);
      const next = kind === 'Namespace' && old !== undefined ? withLabelsOf(old, object) : object;
      const ref = refOf(kind, object);
      const origin = files.origins?.[`${kind}/${key}`];
      if (origin !== undefined) origins[`${kind}/${key}`] = origin;
      if (old === undefined) created.push(ref);
      else if (isSameObject(old, next) && !(isWorkload(kind) && podsDiffer(kind, old, object))) unchanged++;
      else changed.push(ref);
      if (isWorkload(kind) && old !== undefined && podsDiffer(kind, old, object)) replaced.add(refKey(ref));
      merged.set(key, next);
    }
    objects[kind] = [...merged.values()];
  }
  for (const { kind, namespace, name } of deletions) {
    const key = `${KINDS[kind].namespaced ? (namespace ?? '') : ''}/${name}`;
    const list = objects[kind] ?? [];
    const gone = list.find((object) => keyOf(object) === key);
    if (gone === undefined) continue;
    objects[kind] = list.filter((object) => object !== gone);
    const ref = refOf(kind, gone);
    deleted.push(ref);
    if (isWorkload(kind)) replaced.add(refKey(ref));
    if (kind === 'Namespace') removeContents(objects, name);
  }
  if (replaced.size > 0) objects.Pod = withoutPodsOf(before, replaced, objects.Pod ?? []);
  const after = {
    ...before,
    objects: objects as Snapshot['objects'],
    origins,
    problems: [...before.problems, ...files.problems],
    misread: [...(before.misread ?? []), ...(files.misread ?? [])],
  };
  return { after, created, changed, deleted, unchanged };
}

/** With a namespace goes all that is in it. */
function removeContents(objects: Record<string, readonly KubeObject[]>, namespace: string): void {
  for (const kind of Object.keys(objects) as KindName[]) {
    if (!KINDS[kind].namespaced) continue;
    objects[kind] = (objects[kind] ?? []).filter((object) => namespaceOrDefault(object) !== namespace);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata?.namespace ?? ''}/${podName(object)}`;
}

function refOf(kind: KindName, object: KubeObject): Ref {
  const name = podName(object);
  const { namespace } = object.metadata ?? {};
  return namespace === undefined ? { kind: KINDS[kind].kind, name } : { kind: KINDS[kind].kind, namespace, name };
}

function withLabelsOf(old: KubeObject, next: KubeObject): KubeObject {
  return { ...old, metadata: { ...old.metadata, labels: { ...old.metadata?.labels, ...next.metadata?.labels } } };
}

function isWorkload(kind: KindName): boolean {
  return WORKLOAD_KINDS.some((candidate) => candidate === kind);
}

/** Whether policies could tell the pods of the new template from those of the old one. */
function podsDiffer(kind: KindName, old: KubeObject, next: KubeObject): boolean {
  const [a, b] = [old, next].map((object) => {
    const { metadata, spec } = standInPod(kind, object as Workload);
    // A server fills in the protocol.
    const ports = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((container) =>
      (container.ports ?? []).map(({ name = '', containerPort, protocol = 'TCP' }) => [name, containerPort, protocol]),
    );
    return JSON.stringify([Object.entries(metadata?.labels ?? {}).sort(), spec?.hostNetwork === true, ports]);
  });
  return a !== b;
}

function withoutPodsOf(
  before: Snapshot,
  owners: ReadonlySet<string>,
  pods: readonly KubeObject[],
): readonly KubeObject[] {
  const index = createIndex(before);
  return pods.filter((pod) => {
    if (!isApplied(pod)) return true;
    const owner = topOwner(index, pod as Pod);
    return owner === undefined || !owners.has(refKey(owner));
  });
}
