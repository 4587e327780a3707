import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { pluginParts } from '../bundle-plugin.ts';
import { makeCodeCache, runnerFor } from './code-cache.ts';
import { preparedBase, writeExecutable } from './executable.ts';
import { nodeBase } from './node-base.ts';
import { binaryName, type Platform, platformName } from './platforms.ts';
import { type PartText, type Program, partText } from './sea-program.ts';

/** The file with all plugins in it: it does what the name says under which it is called. */
export const SUITE = 'net';

/** A plugin's code, once for all platforms. */
export interface PluginCode {
  readonly name: string;
  readonly parts: PartText;
  readonly meta: Metafile;
}

export interface BuildOptions {
  readonly root: string;
  readonly version: string;
  /** Where the binaries go: `FOLDER/linux_amd64/kubectl-netsvc`. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Plugins that have a main.ts, sorted. */
export async function pluginNames(root: string): Promise<readonly string[]> {
  const names = await readdir(join(root, 'plugins'));
  return names.filter((name) => existsSync(join(root, 'plugins', name, 'main.ts'))).sort();
}

/** The code of the plugins, as executables carry it. */
export async function pluginCode(
  names: readonly string[],
  { root, version }: Pick<BuildOptions, 'root' | 'version'>,
): Promise<readonly PluginCode[]> {
  return await Promise.all(
    names.map(async (name) => {
      const { parts, meta } = await pluginParts({ folder: join(root, 'plugins', name), version });
      return { name, parts: partText(name, parts), meta };
    }),
  );
}

/** Where a binary of a build stands. */
export function binaryPath(folder: string, plugin: string, platform: Platform): string {
  return join(folder, `${platform.os}_${platform.arch}`, binaryName(plugin, platform));
}

/** Builds a binary for each plugin; with `suite` also, for container images, one that holds them all. */
export async function buildBinaries(
  code: readonly PluginCode[],
  platform: Platform,
  suite: boolean,
  options: BuildOptions,
): Promise<void> {
  const runner = runnerFor(platform);
  const node = await nodeBase(platform);
  const base = await preparedBase(platform);
  const programs = await inPairs(code, async ({ parts }): Promise<Program> => {
    const cache = runner === undefined ? undefined : await makeCodeCache(parts, node, runner, options.root);
    return { parts, ...(cache === undefined ? {} : { cache }) };
  });
  const wanted = programs.map((program) => ({ name: program.parts.name, programs: [program] }));
  if (suite && platform.os === 'linux') wanted.push({ name: SUITE, programs: [...programs] });
  await inPairs(wanted, async ({ name, programs: inside }) => {
    await writeExecutable(inside, platform, base, binaryPath(options.folder, name, platform));
    options.say(`${platformName(platform).padEnd(14)} ${binaryName(name, platform)}`);
  });
}

/** Two at a time: each takes a processor, and writing an executable a gigabyte of memory. */
async function inPairs<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += 2) {
    results.push(...(await Promise.all(items.slice(at, at + 2).map(work))));
  }
  return results;
}
