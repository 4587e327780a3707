import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { ClusterFailure } from '../failure.ts';
import { requireSpace } from '../space.ts';
import { cacheRoot, componentFolder } from './cache.ts';
import { findGo } from './go.ts';
import { type Component, components, goSources } from './pins.ts';

export type Say = (line: string) => void;

/** Builds what the cache lacks. Returns at once when all is there. */
export async function ensureComponents(say: Say, { nodes }: { readonly nodes: boolean }): Promise<void> {
  const all: readonly Component[] = components;
  const missing = all.filter(
    (component) => (nodes || !component.nodesOnly) && !existsSync(join(componentFolder(component), component.binary)),
  );
  if (missing.length === 0) {
    return;
  }
  const go = findGo();
  if (go === undefined) {
    throw new ClusterFailure('Go is not installed (1.26 or newer, https://go.dev/dl), needed to build Kubernetes');
  }
  await mkdir(cacheRoot(), { recursive: true });
  await requireSpace(cacheRoot(), 6, 'building Kubernetes');
  for (const component of missing) {
    const started = Date.now();
    say(`building ${component.name} ${component.version} …`);
    await buildComponent(go, component);
    say(`built ${component.name} in ${Math.round((Date.now() - started) / 1000)} s`);
  }
}

async function buildComponent(go: string, component: Component): Promise<void> {
  const folder = componentFolder(component);
  await mkdir(dirname(folder), { recursive: true });
  // Built beside and moved in place, so that an interrupted build leaves nothing that looks finished.
  const work = await mkdtemp(join(dirname(folder), '.building-'));
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
