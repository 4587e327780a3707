import type { KubeObject, ObjectReference } from './objects.ts';

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface Ref {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The reference to an object that was read; a missing name becomes an empty string. */
export function refOf(object: KubeObject, kind = object.kind ?? ''): Ref {
  const { namespace, name = '' } = object.metadata ?? {};
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** `Service shop/web`, or `Node n1` for a cluster-scoped kind: the form used in evidence. */
export function formatRef(ref: Ref): string {
  return ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** A key for maps: `Service/shop/web`. */
export function refKey(ref: Ref): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/**
 * True when an event's or endpoint's reference means the given object; uid decides when both have one. Kubelets and
 * node-problem-detector put the name of the node in the place of its uid (kubernetes/kubernetes pkg/kubelet/kubelet.go).
 */
export function refersTo(reference: ObjectReference | undefined, object: KubeObject, kind: string): boolean {
  if (reference === undefined) return false;
  const uid = object.metadata?.uid;
  const told = reference.kind === 'Node' && reference.uid === reference.name ? '' : reference.uid;
  if (told !== undefined && told !== '' && uid !== undefined && uid !== '') return told === uid;
  return (
    reference.kind === kind &&
    reference.name === object.metadata?.name &&
    // A node has no namespace, whatever its watchers write.
    (kind === 'Node' || (reference.namespace ?? object.metadata?.namespace) === object.metadata?.namespace)
  );
}

/** The object's name, or an empty string. */
export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? '';
}

/** The object's namespace, or an empty string for cluster-scoped objects. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata?.namespace ?? '';
}

/** The namespace in which an object of a namespaced kind is, or would be: `default` where nothing is written. */
export function namespaceOrDefault({ metadata }: { readonly metadata?: KubeObject['metadata'] | undefined }): string {
  return metadata?.namespace || 'default';
}

/** `namespace/name` of an object of a namespaced kind. */
export function longName(object: { readonly metadata?: KubeObject['metadata'] | undefined }): string {
  return `${namespaceOrDefault(object)}/${object.metadata?.name ?? ''}`;
}
