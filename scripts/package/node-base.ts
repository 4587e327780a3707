import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { BASE_VERSION, type Platform, platformName } from './platforms.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * The pinned Node of a platform: the one that npm has installed here, a copy kept from an earlier run, or the package
 * fetched by npm. Whatever the source, nothing is used whose checksum is not the pinned one.
 */
export async function nodeBase(platform: Platform): Promise<string> {
  const installed = join(root, 'node_modules', platform.base, platform.executable);
  const kept = join(cacheFolder(), `${platform.base}-${BASE_VERSION}`);
  for (const path of [installed, kept]) {
    if (existsSync(path) && (await sha256(path)) === platform.sha256) return path;
  }
  await fetchBase(platform, kept);
  return kept;
}

/** Copies stay here between runs, 50 MB to fetch each. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-net', 'node');
}

/** Downloads of 50 MB break off now and then, and npm begins none of them anew. */
const ATTEMPTS = 3;

async function pack(wanted: string, folder: string): Promise<void> {
  const words = ['pack', wanted, '--pack-destination', folder, '--loglevel=error', '--ignore-scripts'];
  for (let attempt = 1; ; attempt++) {
    const { failed, stderr } = await execa('npm', words, { reject: false });
    if (!failed) return;
    if (attempt === ATTEMPTS) throw new Error(`npm could not fetch ${wanted}, tried ${ATTEMPTS} times:\n${stderr}`);
  }
}

async function fetchBase(platform: Platform, target: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), '.fetch-'));
  try {
    const wanted = `${platform.base}@${BASE_VERSION}`;
    await pack(wanted, work);
    const tarball = join(work, `${platform.base}-${BASE_VERSION}.tgz`);
    const integrity = `sha512-${(await hash(tarball, 'sha512')).toString('base64')}`;
    if (integrity !== platform.integrity) throw mismatch(platform, 'package', integrity, platform.integrity);
    await execa('tar', ['-xzf', tarball, '-C', work, `package/${platform.executable}`]);
    const executable = join(work, 'package', platform.executable);
    const found = await sha256(executable);
    if (found !== platform.sha256) throw mismatch(platform, 'executable', found, platform.sha256);
    await copyFile(executable, join(work, 'ready'));
    await rename(join(work, 'ready'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function mismatch(platform: Platform, what: string, found: string, pinned: string): Error {
  return new Error(
    `${platform.base}@${BASE_VERSION}: the ${what} for ${platformName(platform)} is not the pinned one; nothing was built.\n` +
      `  found   ${found}\n  pinned  ${pinned}\nCompare scripts/package/platforms.ts with the registry before you trust either.`,
  );
}

async function sha256(path: string): Promise<string> {
  return (await hash(path, 'sha256')).toString('hex');
}

async function hash(path: string, algorithm: 'sha256' | 'sha512'): Promise<Buffer> {
  return createHash(algorithm)
    .update(await readFile(path))
    .digest();
}
