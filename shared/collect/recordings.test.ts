import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';
import { writeSnapshot } from './write-snapshot.ts';

const SCENARIOS = join(import.meta.dirname, '../../test/scenarios');
/** Every fifth one: together they hold every kind, and a run stays short. */
const names = existsSync(SCENARIOS)
  ? readdirSync(SCENARIOS)
      .filter((name) => existsSync(join(SCENARIOS, name, 'facts')))
      .filter((_, index) => index % 5 === 0)
  : [];

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (...paths: string[]): Promise<Snapshot> => readSnapshots(paths, fakeRuntime());
const keys = (list: readonly KubeObject[] = []): string[] =>
  list.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`).sort();

describe.skipIf(names.length === 0)('recorded incidents (skipped without test/scenarios)', () => {
  it('hold the same facts after being written and read again, once and twice', { timeout: 120_000 }, async () => {
    for (const name of names) {
      const facts = await read(join(SCENARIOS, name, 'facts'));
      const [first, second] = [files.path('1.tgz'), files.path('2.tgz')];
      await writeSnapshot(facts, first);
      const once = await read(first);
      await writeSnapshot(once, second);
      const twice = await read(second);
      expect(once.coverage, name).toEqual(facts.coverage);
      expect(once.takenAt, name).toBe(facts.takenAt);
      expect(Object.keys(once.objects), name).toEqual(Object.keys(facts.objects));
      for (const [kind, list] of Object.entries(facts.objects)) {
        expect(keys(once.objects[kind as 'Pod']), `${name} ${kind}`).toEqual(keys(list));
      }
      expect({ ...twice, source: once.source, origins: once.origins }, name).toEqual(once);
    }
  });

  it('keep their shape when redacted: as many objects of each kind, as many names, namespaces and labels', {
    timeout: 120_000,
  }, async () => {
    for (const name of names) {
      const facts = await read(join(SCENARIOS, name, 'facts'));
      const path = files.path('r.tgz');
      await writeSnapshot(facts, path, { redact: true });
      const redacted = await read(path);
      for (const [kind, list = []] of Object.entries(facts.objects) as [string, readonly KubeObject[]][]) {
        const other = (redacted.objects[kind as 'Pod'] ?? []) as readonly KubeObject[];
        expect(other.length, `${name} ${kind}`).toBe(list.length);
        expect(new Set(keys(other)).size, `${name} ${kind}`).toBe(new Set(keys(list)).size);
        const labels = (objects: readonly KubeObject[]): number =>
          new Set(objects.map(({ metadata }) => JSON.stringify(metadata?.labels))).size;
        expect(labels(other), `${name} ${kind}`).toBe(labels(list));
      }
      expect(redacted.coverage.length, name).toBe(facts.coverage.length);
    }
  });
});
