import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { readSnapshots } from '../../shared/collect/read-snapshot.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { fakeRuntime } from '../../shared/testing/fake-runtime.ts';

const ROOT = 'test/scenarios';

/** The flags that make a command line judge a recorded incident, with the facts of the cluster it comes from. */
export function scenario(name: string): string {
  return foldersOf(name)
    .map((folder) => `--snapshot ${folder}`)
    .join(' ');
}

/** A scenario with nodes of its own says `cluster: false`: those of the shared cluster would be strangers to it. */
function foldersOf(name: string): readonly string[] {
  const { cluster } = load(readFileSync(join(ROOT, name, 'case.yaml'), 'utf8')) as { cluster?: boolean };
  return [join(ROOT, name, 'facts'), ...(cluster === false ? [] : [join(ROOT, '_cluster')])];
}

/** All recorded incidents and controls. */
export function scenarioNames(): readonly string[] {
  return readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'case.yaml')));
}

/** What a scenario's files hold. */
export function readScenario(name: string): Promise<Snapshot> {
  return readSnapshots(foldersOf(name), fakeRuntime());
}

/** Every object of a snapshot, with its kind. */
export function objectsOf(snapshot: Snapshot): readonly KubeObject[] {
  return Object.values(snapshot.objects).flatMap((list) => (list ?? []) as readonly KubeObject[]);
}
