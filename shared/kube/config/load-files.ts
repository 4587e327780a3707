import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import { ClusterError } from '../ports.ts';
import type { KubeConfigData } from './entries.ts';
import { parseKubeConfig } from './parse-file.ts';

/** The merged kubeconfig with the files it was looked for in, so that an error can name them. */
export interface LoadedConfig extends KubeConfigData {
  /** Files that were asked for, in order. */
  readonly wanted: readonly string[];
  /** Those that exist. */
  readonly found: readonly string[];
}

/**
 * Reads the kubeconfig as kubectl does: `--kubeconfig` alone, else every file of KUBECONFIG, else ~/.kube/config. The
 * first current-context and the first definition of a name win, missing files of KUBECONFIG are skipped, an explicit
 * file that does not exist is an error. Source: client-go `tools/clientcmd/loader.go`, ClientConfigLoadingRules.Load.
 */
export async function loadKubeConfigFiles(explicit: string | undefined, runtime: Runtime): Promise<LoadedConfig> {
  if (explicit !== undefined && explicit !== '') {
    const file = resolve(runtime.cwd, explicit);
    const text = await readText(file);
    if (text === undefined) {
      throw new ClusterError(
        'config',
        `The kubeconfig ${explicit} does not exist.`,
        'Give --kubeconfig the path of an existing file.',
      );
    }
    return { ...parseKubeConfig(text, file), wanted: [file], found: [file] };
  }
  const wanted = wantedFiles(runtime);
  const texts = await Promise.all(wanted.map(readText));
  const found: string[] = [];
  const parts: KubeConfigData[] = [];
  texts.forEach((text, index) => {
    const file = wanted[index];
    if (text === undefined || file === undefined) return;
    found.push(file);
    parts.push(parseKubeConfig(text, file));
  });
  return { ...merge(parts), wanted, found };
}

function wantedFiles(runtime: Runtime): readonly string[] {
  const listed = (runtime.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length === 0) return [join(runtime.homeDir, '.kube', 'config')];
  return [...new Set(listed.map((file) => resolve(runtime.cwd, file)))];
}

function merge(parts: readonly KubeConfigData[]): KubeConfigData {
  const current = parts.find((part) => part.currentContext !== undefined)?.currentContext;
  return {
    ...(current === undefined ? {} : { currentContext: current }),
    clusters: firstWins(parts.map((part) => part.clusters)),
    users: firstWins(parts.map((part) => part.users)),
    contexts: firstWins(parts.map((part) => part.contexts)),
  };
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const map of maps) for (const [name, entry] of map) if (!merged.has(name)) merged.set(name, entry);
  return merged;
}

/**
 * The file's text, undefined when there is no such file. A file is read at once: by way of the thread pool it takes
 * milliseconds. A pipe may keep one waiting.
 */
async function readText(file: string): Promise<string | undefined> {
  try {
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // ENOTDIR: a part of the path is a file, so the file cannot exist either.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const why =
      code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'it is a folder' : (code ?? String(error));
    throw new ClusterError(
      'config',
      `The kubeconfig ${file} cannot be read: ${why}.`,
      'Mend the file, or choose another with --kubeconfig.',
    );
  }
}
