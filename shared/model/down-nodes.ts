import type { ClusterIndex } from './cluster-index.ts';
import { nameOf } from './refs.ts';

/** Names of nodes that are down: what runs there is the concern of other checks. */
export function downNodes(index: ClusterIndex): ReadonlySet<string> {
  return index.memo('model/down-nodes', () => {
    const down = index.list('Node').filter((node) => {
      const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      return ready === 'False' || ready === 'Unknown';
    });
    return new Set(down.map(nameOf));
  });
}
