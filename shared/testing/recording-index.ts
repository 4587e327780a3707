import { type ClusterIndex, createIndex } from '../model/cluster-index.ts';
import type { KindName } from '../model/kinds.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Notes every kind that is asked for. Each check gets a fresh one, so that nothing computed for another hides a read. */
export function recordingIndex(snapshot: Snapshot, reads: Set<KindName>): ClusterIndex {
  const index = createIndex(snapshot);
  return {
    ...index,
    list: (kind, namespace) => {
      reads.add(kind);
      return index.list(kind, namespace);
    },
    get: (kind, namespace, name) => {
      reads.add(kind);
      return index.get(kind, namespace, name);
    },
    events: (object, kind) => {
      reads.add('Event');
      return index.events(object, kind);
    },
  };
}
