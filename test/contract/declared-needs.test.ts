import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks } from '../../plugins/netsvc/checks/checks.ts';
import { subjectOf } from '../../plugins/netsvc/service-subject.ts';
import { readSnapshots } from '../../shared/collect/read-snapshot.ts';
import { type ClusterIndex, createIndex } from '../../shared/model/cluster-index.ts';
import type { KindName } from '../../shared/model/kinds.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { fakeRuntime } from '../../shared/testing/fake-runtime.ts';

const ROOT = 'test/scenarios';

/** Notes every kind that is asked for. Each check gets a fresh one, so that nothing computed for another hides a read. */
function recordingIndex(snapshot: Snapshot, reads: Set<KindName>): ClusterIndex {
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

describe('declared needs', async () => {
  const cases = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'facts')));
  const snapshots = await Promise.all(
    cases.map((name) => readSnapshots([join(ROOT, name, 'facts'), join(ROOT, '_cluster')], fakeRuntime())),
  );

  it.each(checks.map((check) => [check.id, check] as const))('%s reads only what it declares', (_, check) => {
    const reads = new Set<KindName>();
    for (const snapshot of snapshots) {
      const index = recordingIndex(snapshot, reads);
      const caller = index.list('Pod')[0]?.metadata;
      reads.clear();
      for (const service of snapshot.objects.Service ?? []) {
        const subject = subjectOf(service);
        const from = { namespace: caller?.namespace ?? '', pod: caller?.name ?? '' };
        const context = { index, now: index.now, from };
        if (check.applies?.(subject, context) === false) continue;
        check.run(subject, context);
      }
      const declared = new Set<KindName>([...check.needs, ...(check.uses ?? []), 'Service']);
      expect([...reads].filter((kind) => !declared.has(kind))).toEqual([]);
    }
  });
});
