import { describe, expect, it } from 'vitest';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import { snapshotOf } from '../../../shared/testing/builders.ts';
import { NETWORK_FAULTS } from '../testing/faulty-networks.ts';
import { checks } from './checks.ts';

/** A fresh index for each check, so that nothing computed for another hides a read. */
function recording(objects: readonly KubeObject[], reads: Set<KindName>): ClusterIndex {
  const index = createIndex(snapshotOf(objects));
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

describe('declared needs of netcni', () => {
  const networks = Object.values(NETWORK_FAULTS).map(({ objects }) => objects());

  it.each(checks.map((check) => [check.id, check] as const))('%s reads only what it declares', (_, check) => {
    const reads = new Set<KindName>();
    for (const objects of networks) {
      const index = recording(objects, reads);
      const context = { index, now: index.now };
      if (check.applies?.({}, context) === false) continue;
      check.run({}, context);
    }
    const declared = new Set<KindName>([...check.needs, ...(check.uses ?? [])]);
    // Finding the plugin reads a little of everything, and looks at nothing that is not there.
    expect([...reads].filter((kind) => !declared.has(kind)).sort()).toEqual([]);
  });
});
