import { fieldsOf, itemsOf, textOf } from './config/fields.ts';
import type { Ask } from './interpret.ts';

/**
 * The group versions that a server has (`metrics.k8s.io/v1beta1`), asked once with `/apis` when first needed. Undefined
 * when it does not say: then every kind is asked for.
 */
export function createDiscovery(ask: Ask): () => Promise<ReadonlySet<string> | undefined> {
  let known: Promise<ReadonlySet<string> | undefined> | undefined;
  return () => {
    known ??= readGroups(ask);
    return known;
  };
}

async function readGroups(ask: Ask): Promise<ReadonlySet<string> | undefined> {
  const reply = await ask('/apis', { verb: 'list', kind: 'Node', namespace: undefined });
  if ('reason' in reply || reply.status !== 200) return undefined;
  const { kind, groups } = fieldsOf(reply.json);
  if (kind !== 'APIGroupList') return undefined;
  const versions = itemsOf(groups).flatMap((group) => itemsOf(fieldsOf(group).versions));
  return new Set(versions.flatMap((version) => textOf(fieldsOf(version).groupVersion) ?? []));
}
