import type { ClusterIndex } from './cluster-index.ts';
import type { Condition, Node } from './objects.ts';

/** Whether the node under a pod is well, as far as nodes were read. */
export type NodeStanding =
  | { readonly is: 'ok' }
  | { readonly is: 'unknown' }
  | { readonly is: 'gone' }
  | {
      readonly is: 'not-ready';
      /** `Unknown`: the kubelet is silent. `False`: it speaks and says that it cannot work. */
      readonly status: string;
      readonly reason: string;
      readonly message: string;
      readonly since: string | undefined;
    };

/** The standing of a node by name; a node missing from a whole list is gone. */
export function nodeStanding(index: ClusterIndex, name: string | undefined): NodeStanding {
  if (name === undefined || name === '') return { is: 'unknown' };
  const node = index.get('Node', undefined, name);
  if (node === undefined) {
    const { status, whole } = index.seen('Node', '*', name);
    // An empty list proves nothing here: the pod itself shows that there is a node.
    return status === 'ok' && whole && index.list('Node').length > 0 ? { is: 'gone' } : { is: 'unknown' };
  }
  const ready = nodeCondition(node, 'Ready');
  if (ready === undefined || ready.status === 'True') return { is: 'ok' };
  return {
    is: 'not-ready',
    status: ready.status ?? 'Unknown',
    reason: ready.reason ?? '',
    message: ready.message ?? '',
    since: ready.lastTransitionTime,
  };
}

/** A condition of a node by its type. */
export function nodeCondition(node: Node, type: string): Condition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type);
}
