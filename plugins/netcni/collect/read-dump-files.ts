import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../../../shared/cli/command.ts';
import { decodeText } from '../../../shared/collect/files/decode-text.ts';
import type { Runtime } from '../../../shared/runtime/runtime.ts';
import { compareText } from '../../../shared/util/text.ts';

/** A dump as it was given. */
export interface DumpText {
  readonly path: string;
  readonly text: string;
}

const MOST_FILES = 2000;
const MOST_BYTES = 512 * 1024 * 1024;

/** The files of a command line: `-` is standard input, a folder stands for all files in it. Throws a UsageError. */
export async function readDumpFiles(words: readonly string[], runtime: Runtime): Promise<readonly DumpText[]> {
  const result: DumpText[] = [];
  for (const word of words) {
    if (word === '-') {
      result.push({ path: 'standard input', text: textOf(await runtime.readStdin()) });
      continue;
    }
    for (const path of await filesOf(word, runtime)) result.push({ path, text: textOf(await read(path, runtime)) });
  }
  return result;
}

async function filesOf(word: string, runtime: Runtime): Promise<readonly string[]> {
  const full = resolve(runtime.cwd, word);
  const info = await stat(full).catch((error: unknown) => {
    throw notReadable(word, error);
  });
  if (!info.isDirectory()) {
    if (info.size > MOST_BYTES) throw new UsageError(`${word} is larger than 512 MB`, 'Give a dump of one node.');
    return [word];
  }
  const entries = await readdir(full, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0)
    throw new UsageError(`${word} holds no files`, 'Give the dumps themselves, or the folder they are in.');
  if (files.length > MOST_FILES) {
    throw new UsageError(
      `${word} holds ${files.length} files`,
      'For a whole bundle: kubectl netcni rules --snapshot FOLDER',
    );
  }
  return files.map((file) => join(word, file.slice(full.length))).sort(compareText);
}

async function read(path: string, runtime: Runtime): Promise<Uint8Array> {
  return await readFile(resolve(runtime.cwd, path), { signal: runtime.signal }).catch((error: unknown) => {
    throw notReadable(path, error);
  });
}

function textOf(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) return decodeText(bytes);
  try {
    return decodeText(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }));
  } catch {
    return '';
  }
}

function notReadable(path: string, error: unknown): UsageError {
  const code = (error as { readonly code?: string }).code;
  const why =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EACCES'
        ? 'may not be read by you'
        : `cannot be read (${code ?? 'failed'})`;
  return new UsageError(`${path} ${why}`, 'A dump of a node is made there, as root: iptables-save > rules.txt');
}
