import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { signAdHoc } from './macho-sign.ts';
import { nodeBase } from './node-base.ts';
import { PLATFORMS, type Platform } from './platforms.ts';
import { type Program, seaMain } from './sea-program.ts';
import { stripElf } from './strip-elf.ts';

/** The fuse that Node looks for; fixed in its sources (`src/node_sea.cc`). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The Node of a platform as it goes into binaries. */
export async function preparedBase(platform: Platform): Promise<Buffer> {
  const file = await readFile(await nodeBase(platform));
  return platform.os === 'linux' ? stripElf(file) : file;
}

/** Writes one executable: the platform's Node with the programs in it, signed where the system asks for it. */
export async function writeExecutable(
  programs: readonly Program[],
  platform: Platform,
  base: Buffer,
  target: string,
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'kubectl-net-pack-'));
  try {
    const blob = await writeBlob(programs, work);
    const executable = join(work, 'executable');
    await writeFile(executable, base);
    await inject(executable, blob, platform);
    const injected = await readFile(executable);
    await mkdir(dirname(target), { recursive: true });
    await writePieces(`${target}.part`, platform.os === 'darwin' ? signAdHoc(injected, 'kubectl-net') : injected);
    await chmod(`${target}.part`, 0o755);
    await rename(`${target}.part`, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * In small pieces, as `tar` writes: the kernel keeps what is written in one go as large pieces of memory, and counts all
 * of a piece into a process that touches a part of it (65 MB instead of 44 MB at start).
 */
async function writePieces(path: string, bytes: Buffer): Promise<void> {
  const PIECE = 64 * 1024;
  const file = await open(path, 'w');
  try {
    for (let at = 0; at < bytes.length; at += PIECE) await file.write(bytes, at, Math.min(PIECE, bytes.length - at));
  } finally {
    await file.close();
  }
}

/** Node's own preparation of the blob. The generator must be of the base's version; the blob is alike for all platforms. */
async function writeBlob(programs: readonly Program[], work: string): Promise<string> {
  const assets: Record<string, string> = {};
  for (const { parts, cache } of programs) {
    assets[parts.name] = join(work, parts.name);
    await writeFile(join(work, parts.name), parts.text);
    if (cache === undefined) continue;
    assets[`${parts.name}.cache`] = join(work, `${parts.name}.cache`);
    await writeFile(join(work, `${parts.name}.cache`), cache.bytes);
  }
  const config = {
    main: 'main.cjs',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    // Else NODE_OPTIONS, set for other programs of the user, would reach this one.
    execArgvExtension: 'none',
    assets,
  };
  await writeFile(join(work, 'main.cjs'), seaMain(programs));
  await writeFile(join(work, 'sea.json'), JSON.stringify(config));
  await execa(await hostNode(), ['--experimental-sea-config', 'sea.json'], { cwd: work, stdin: 'ignore' });
  return join(work, 'blob');
}

async function hostNode(): Promise<string> {
  const host = PLATFORMS.find(({ os, nodeArch }) => os === hostOs() && nodeArch === process.arch);
  if (host === undefined) throw new Error(`no pinned Node for ${process.platform}-${process.arch}: build on Linux`);
  return await nodeBase(host);
}

function hostOs(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

/** postject in a process of its own: it takes 1 GB while it works and prints warnings about sections that mean nothing. */
async function inject(executable: string, blob: string, platform: Platform): Promise<void> {
  const segment = platform.os === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
  await execa('postject', [executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...segment], {
    preferLocal: true,
    localDir: join(import.meta.dirname, '..', '..'),
    stdin: 'ignore',
  });
}
