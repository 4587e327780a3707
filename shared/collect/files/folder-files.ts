import { createReadStream } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '../../util/text.ts';
import { SnapshotError } from '../snapshot-error.ts';
import { entryFile } from './archive-files.ts';
import { HEAD_BYTES, packingOf } from './byte-streams.ts';
import { decodeText } from './decode-text.ts';
import type { FileRole } from './file-role.ts';
import { isForeignFolder, roleOf, startsLikeObjects } from './file-role.ts';
import { notReadable, reasonOf, spend, tooMany } from './input-errors.ts';
import type { InputContext, InputFile } from './input-file.ts';
import { formatBytes } from './limits.ts';

/** What a walk through a folder remembers. */
export interface Walk {
  /** Real paths of the folders above and behind, against loops of links. */
  readonly seen: Set<string>;
  entries: number;
}

/** Archives inside a folder are not opened: they may hold another moment, or another cluster. */
const ARCHIVE = /\.(?:tgz|tar|tar\.gz|zip)$/i;

/** The files below a folder that may hold facts, in the order of their names. */
export async function* folderFiles(
  folder: string,
  below: string,
  given: string,
  context: InputContext,
  walk: Walk,
): AsyncGenerator<InputFile> {
  const real = await realpath(folder);
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (below === '') throw notReadable(given, error);
    context.problem(join(given, below), `cannot be read: ${reasonOf(error)}`);
    return [];
  });
  entries.sort((a, b) => compareText(a.name, b.name));
  for (const entry of entries) {
    context.signal.throwIfAborted();
    if (++walk.entries > context.limits.entries) throw tooMany(given, context.limits.entries);
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const full = join(folder, entry.name);
    const display = join(given, path);
    const info = entry.isSymbolicLink() ? await stat(full).catch(() => undefined) : entry;
    if (info?.isDirectory() === true) {
      if (!isForeignFolder(entry.name)) yield* folderFiles(full, path, given, context, walk);
      continue;
    }
    const role = info?.isFile() === true ? roleOf(path) : undefined;
    if (ARCHIVE.test(entry.name)) context.passedArchive(display);
    if (role === undefined) continue;
    const file = await folderFile(full, path, display, role, context).catch((error: unknown) => {
      if (error instanceof SnapshotError || context.signal.aborted) throw error;
      context.problem(display, `cannot be read: ${reasonOf(error)}`);
      return undefined;
    });
    if (file !== undefined) yield file;
  }
}

async function folderFile(
  full: string,
  path: string,
  display: string,
  role: FileRole,
  context: InputContext,
): Promise<InputFile | undefined> {
  const handle = await open(full, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return undefined;
    if (role === 'log') {
      const start = Math.max(0, size - context.limits.logBytes);
      const tail = Buffer.alloc(Math.min(size, context.limits.logBytes));
      const { bytesRead } = await handle.read(tail, 0, tail.length, start);
      return { display, path, role, bytes: tail.subarray(0, bytesRead) };
    }
    if (size > context.limits.fileBytes) {
      context.problem(display, `larger than ${formatBytes(context.limits.fileBytes)}; passed over`);
      return undefined;
    }
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    await handle.read(head, 0, head.length, 0);
    const packing = packingOf(head);
    if (packing === 'plain') {
      if (role === 'sniff' && !startsLikeObjects(decodeText(head))) return undefined;
      spend(context, size, display);
      return {
        display,
        path,
        role: role === 'sniff' ? 'objects' : role,
        bytes: await readFile(full, { signal: context.signal }),
      };
    }
    if (packing !== 'gzip' || /\.(tar\.gz|tgz)$/i.test(path)) return undefined;
    return await entryFile(createReadStream(full, { signal: context.signal }), path, display, role, context);
  } finally {
    await handle.close();
  }
}
