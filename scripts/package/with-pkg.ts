import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { bundlePlugin } from '../bundle-plugin.ts';
import { type BuildOptions, binaryPath } from './build-binaries.ts';
import { signAdHoc } from './macho-sign.ts';
import { nodeBase } from './node-base.ts';
import { BASE_VERSION, binaryName, type Platform, platformName } from './platforms.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * The second way to the binaries: `pkg --sea` on the plain bundle. It needs no network, because its cache is filled with
 * the pinned Node first. RATIONALE.md says why releases are built the other way.
 */
export async function buildAllWithPkg(
  plugins: readonly string[],
  platform: Platform,
  { version, folder, say }: BuildOptions,
): Promise<void> {
  for (const plugin of plugins) {
    await buildWithPkg(plugin, version, platform, binaryPath(folder, plugin, platform));
    say(`${platformName(platform).padEnd(14)} ${binaryName(plugin, platform)}  by pkg`);
  }
}

async function buildWithPkg(plugin: string, version: string, platform: Platform, target: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'kubectl-net-pkg-'));
  try {
    await seedCache(platform, join(work, '.pkg-cache', 'sea'));
    const bundle = join(work, `kubectl-${plugin}.cjs`);
    await bundlePlugin({ folder: join(root, 'plugins', plugin), outFile: bundle, version });
    const words = ['--sea', '-t', `node${BASE_VERSION}-${pkgName(platform)}`, '-o', join(work, 'out'), bundle];
    await execa('pkg', words, { preferLocal: true, localDir: root, cwd: work, env: { HOME: work }, stdin: 'ignore' });
    await mkdir(dirname(target), { recursive: true });
    const built = join(work, platform.os === 'windows' ? 'out.exe' : 'out');
    if (platform.os === 'darwin') await writeFile(built, signAdHoc(await readFile(built), 'kubectl-net'));
    await copyFile(built, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The names under which pkg looks for a Node that it has downloaded before; the archive itself may be empty. */
async function seedCache(platform: Platform, folder: string): Promise<void> {
  const name = `node-v${BASE_VERSION}-${nodeName(platform)}`;
  const windows = platform.os === 'windows';
  const archive = `${name}.${windows ? 'zip' : 'tar.gz'}`;
  const executable = windows ? `${name}.exe` : join(name, 'bin', 'node');
  await mkdir(dirname(join(folder, executable)), { recursive: true });
  for (const file of [archive, `${archive}.ok`, windows ? `${executable}.ok` : join(name, 'bin', 'node.ok')]) {
    await writeFile(join(folder, file), '');
  }
  await symlink(await nodeBase(platform), join(folder, executable));
}

function nodeName({ os, nodeArch }: Platform): string {
  return `${os === 'windows' ? 'win' : os}-${nodeArch}`;
}

function pkgName(platform: Platform): string {
  return platform.os === 'darwin' ? `macos-${platform.nodeArch}` : nodeName(platform);
}
