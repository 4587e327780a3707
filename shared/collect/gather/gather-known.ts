import type { ListOptions } from '../../kube/ports.ts';
import { matchesLabelText } from '../../kube/select.ts';
import { KINDS, type KindName, type KindTypes } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';

/** Whole lists that were read, so that a part of one is not asked for again. */
export interface KnownLists {
  add(kind: KindName, options: ListOptions, objects: readonly KubeObject[]): void;
  /** The part that the options select, undefined when no whole list of the kind or its namespace was read. */
  part<K extends KindName>(kind: K, options: ListOptions): readonly KindTypes[K][] | undefined;
}

/** Only lists that have already arrived count: a small question must not wait for a large one. */
export function createKnownLists(): KnownLists {
  const lists = new Map<string, readonly KubeObject[]>();
  return {
    add(kind, options, objects) {
      if (options.labelSelector || options.fieldSelector) return;
      lists.set(keyOf(kind, options.namespace, options), objects);
    },
    part<K extends KindName>(kind: K, options: ListOptions) {
      if (options.fieldSelector) return undefined;
      const { namespace, labelSelector = '', max = Number.POSITIVE_INFINITY } = options;
      const known = lists.get(keyOf(kind, namespace, options)) ?? lists.get(keyOf(kind, undefined, options));
      const part = known?.filter(
        ({ metadata }) =>
          (namespace === undefined || !KINDS[kind].namespaced || metadata?.namespace === namespace) &&
          matchesLabelText(labelSelector, metadata?.labels),
      );
      return part !== undefined && part.length <= max ? (part as readonly KindTypes[K][]) : undefined;
    },
  };
}

function keyOf(kind: KindName, namespace: string | undefined, options: ListOptions): string {
  return `${kind} ${namespace ?? '*'} ${options.managedFields === true} ${options.everything === true}`;
}
