import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Runtime } from '../../runtime/runtime.ts';
import { SnapshotError } from '../snapshot-error.ts';
import { decodeText } from './decode-text.ts';

/** A text the user named: a file, or `-` for standard input. Throws a SnapshotError that says what to do. */
export async function readText(path: string, runtime: Pick<Runtime, 'cwd' | 'readStdin'>): Promise<string> {
  if (path === '-') return decodeText(await runtime.readStdin());
  try {
    return decodeText(await readFile(resolve(runtime.cwd, path)));
  } catch (error) {
    throw notReadable(path, error);
  }
}

function notReadable(path: string, error: unknown): SnapshotError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SnapshotError(`${path} does not exist`, 'Give a file, or - for standard input.');
  }
  if (code === 'EISDIR')
    return new SnapshotError(`${path} is a folder`, 'Give a file, or a recording with --snapshot.');
  if (code === 'EACCES' || code === 'EPERM') {
    return new SnapshotError(`${path} may not be read`, 'Check the rights of the file.');
  }
  return new SnapshotError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, '');
}

/** Texts beside a file and one folder below, for what it may import; binary and large files are passed over. */
export async function readNeighbours(path: string, cwd: string): Promise<ReadonlyMap<string, string>> {
  const root = dirname(resolve(cwd, path));
  const files = new Map<string, string>();
  const folders = [''];
  for (const entry of await entriesOf(root)) if (entry.isDirectory()) folders.push(entry.name);
  for (const folder of folders.slice(0, MAX_FOLDERS)) {
    for (const entry of await entriesOf(join(root, folder))) {
      if (!entry.isFile() || files.size >= MAX_FILES) continue;
      const bytes = await readFile(join(root, folder, entry.name)).catch(() => undefined);
      if (bytes === undefined || bytes.length > MAX_BYTES || bytes.includes(0)) continue;
      files.set(folder === '' ? entry.name : `${folder}/${entry.name}`, decodeText(bytes));
    }
  }
  return files;
}

const MAX_FOLDERS = 50;
const MAX_FILES = 500;
const MAX_BYTES = 1_000_000;

async function entriesOf(folder: string): Promise<readonly import('node:fs').Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
