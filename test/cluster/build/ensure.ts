import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLockFile } from '../lock.ts';
import { requireSpace } from '../space.ts';
import { cacheRoot } from './cache.ts';
import { ensureComponents, type Say } from './components.ts';
import { ensureImages, imageArchive } from './images.ts';
import { ensurePackages } from './packages.ts';

/** Images take half a minute, and more on a busy machine. */
const IMAGES_WAIT_MS = 900_000;

/**
 * Debian packages, programs and images, each made once however many commands ask for them at the same time. Returns the
 * archive with the images; a bare API server has none.
 */
export async function ensureBuilt(say: Say, { nodes }: { readonly nodes: boolean }): Promise<string> {
  await ensurePackages(say, { nodes });
  await ensureComponents(say, { nodes });
  if (!nodes) {
    return '';
  }
  const archive = imageArchive();
  if (existsSync(archive)) {
    return archive;
  }
  return await withLockFile(join(cacheRoot(), 'images.lock'), 'making images', IMAGES_WAIT_MS, async () => {
    if (existsSync(archive)) {
      return archive;
    }
    await removeUnfinished();
    await requireSpace(cacheRoot(), 3, 'making images');
    return await ensureImages(say);
  });
}

/** What a command that was killed left behind; the lock is held, so nobody writes there. */
async function removeUnfinished(): Promise<void> {
  for (const name of await readdir(cacheRoot())) {
    if (name.startsWith('.images-')) {
      await rm(join(cacheRoot(), name), { recursive: true, force: true });
    }
  }
}
