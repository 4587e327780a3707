import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { ClusterFailure } from '../failure.ts';
import { withLockFile } from '../lock.ts';
import { requireSpace } from '../space.ts';
import { cacheRoot, componentFolder } from './cache.ts';
import { findGo } from './go.ts';
import { type Component, components, goSources } from './pins.ts';

export type Say = (line: string) => void;

/** A cold build takes minutes, and more on a busy machine. */
const BUILD_WAIT_MS = 3_600_000;

/** Builds what the cache lacks. Returns at once when all is there. Two clusters that start together build once. */
export async function ensureComponents(say: Say, { nodes }: { readonly nodes: boolean }): Promise<void> {
  if (missingComponents(nodes).length === 0) {
    return;
  }
  const go = findGo();
  if (go === undefined) {
    throw new ClusterFailure('Go is not installed (1.26 or newer, https://go.dev/dl), needed to build Kubernetes');
  }
  await mkdir(cacheRoot(), { recursive: true });
  await requireSpace(cacheRoot(), 6, 'building Kubernetes');
  await withLockFile(join(cacheRoot(), 'build.lock'), 'building Kubernetes', BUILD_WAIT_MS, async () => {
    await removeUnfinished();
    for (const component of missingComponents(nodes)) {
      const started = Date.now();
      say(`building ${component.name} ${component.version} …`);
      await buildComponent(go, component);
      say(`built ${component.name} in ${Math.round((Date.now() - started) / 1000)} s`);
    }
  });
}

function missingComponents(nodes: boolean): readonly Component[] {
  const all: readonly Component[] = components;
  return all.filter(
    (component) => (nodes || !component.nodesOnly) && !existsSync(join(componentFolder(component), component.binary)),
  );
}

/** What a build that was stopped left behind; the lock is held, so nobody builds there. */
async function removeUnfinished(): Promise<void> {
  for (const name of await readdir(cacheRoot())) {
    if (name.startsWith(UNFINISHED)) await rm(join(cacheRoot(), name), { recursive: true, force: true });
  }
}

const UNFINISHED = '.building-';

async function buildComponent(go: string, component: Component): Promise<void> {
  const folder = componentFolder(component);
  await mkdir(dirname(folder), { recursive: true });
  // Built beside and moved in place, so that an interrupted build leaves nothing that looks finished.
  const work = await mkdtemp(join(dirname(folder), UNFINISHED));
  try {
    const flags = ['-trimpath', '-p', String(availableParallelism()), '-o', join(work, component.binary)];
    await execa(
      'nice',
      ['-n', '5', go, 'build', ...flags, '-ldflags', `-s -w ${component.ldflags ?? ''}`, component.target],
      {
        cwd: join(goSources, component.name),
        env: { CGO_ENABLED: component.cgo ? '1' : '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false -mod=readonly' },
      },
    );
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const tail = stderr.trim().split('\n').slice(-8).join('\n  ');
    throw new ClusterFailure(`cannot build ${component.name} ${component.version}:\n  ${tail}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
