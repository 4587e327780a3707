import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { SnapshotError } from '../snapshot-error.ts';
import { archiveFiles } from './archive-files.ts';
import { gunzip, untar, unzip } from './archives.ts';
import type { Chunks, Packing } from './byte-streams.ts';
import { capped, chunksOf, collect, HEAD_BYTES, packingOf, peek, tooLarge } from './byte-streams.ts';
import type { FileRole } from './file-role.ts';
import { roleOf } from './file-role.ts';
import { folderFiles } from './folder-files.ts';
import { damageOf, notReadable, spend, translated } from './input-errors.ts';
import type { InputContext, InputFile } from './input-file.ts';

/** The name under which standard input is shown. */
export const STDIN_NAME = 'standard input';

/** All files of one input: a file, a folder, an archive or `-`. Throws SnapshotError when there is no such input. */
export async function* inputFiles(given: string, context: InputContext): AsyncGenerator<InputFile> {
  if (given === '-') {
    const bytes = await context.readStdin();
    if (bytes.length === 0) {
      throw new SnapshotError(
        'standard input is empty',
        'Pipe objects in: kubectl get svc,endpointslices,pods -o yaml | …',
      );
    }
    yield* unpack(chunksOf(bytes), STDIN_NAME, '', context, 0);
    return;
  }
  const path = resolve(context.cwd, given);
  const info = await stat(path).catch((error: unknown) => {
    throw notReadable(given, error);
  });
  if (info.isDirectory()) {
    yield* folderFiles(path, '', given, context, { seen: new Set(), entries: 0 });
    return;
  }
  if (info.isFile() && info.size === 0) throw new SnapshotError(`${given} is empty`, 'Record it again.');
  yield* namedFile(path, given, info.isFile() ? info.size : undefined, context);
}

/** A file that the user named: read whatever its name is, unpacked when it is an archive. */
async function* namedFile(
  path: string,
  given: string,
  size: number | undefined,
  context: InputContext,
): AsyncGenerator<InputFile> {
  // A pipe (`<(kubectl get …)`) has no size and can be read once only.
  if (size !== undefined && (await packingOfFile(path, given)) === 'plain') {
    spend(context, size, given);
    if (size > context.limits.fileBytes) throw tooLarge(given, context.limits.fileBytes);
    const bytes = await readFile(path, { signal: context.signal }).catch((error: unknown) => {
      throw notReadable(given, error);
    });
    yield { display: given, path: basename(path), role: namedRole(basename(path)), bytes };
    return;
  }
  yield* unpack(createReadStream(path, { signal: context.signal }), given, basename(path), context, 0);
}

/** A stream of unknown packing: the files of an archive, or the one file it is. */
async function* unpack(
  chunks: Chunks,
  given: string,
  name: string,
  context: InputContext,
  depth: number,
): AsyncGenerator<InputFile> {
  const { head, all } = await peek(chunks).catch((error: unknown) => {
    throw translated(error, given, context);
  });
  const packing = packingOf(head);
  if (packing === 'gzip' && depth < 3) {
    const inner = gunzip(all, damageOf(given, context));
    yield* unpack(inner, given, name.replace(/\.gz$/i, ''), context, depth + 1);
    return;
  }
  const limited = capped(all, context.budget, given, context.limits.totalBytes);
  if (packing === 'tar' || packing === 'zip') {
    yield* archiveFiles(packing === 'tar' ? untar(limited) : unzip(all), given, packing === 'zip', context);
    return;
  }
  refusePacking(packing, given);
  const bytes = await collect(limited, context.limits.fileBytes).catch((error: unknown) => {
    throw translated(error, given, context);
  });
  if (bytes === undefined) throw tooLarge(given, context.limits.fileBytes);
  if (bytes.length === 0) throw new SnapshotError(`${given} is empty`, 'Record it again.');
  yield { display: given, path: name, role: namedRole(name), bytes };
}

/** A file the user named is about objects unless its name says that it is a log or a tool's output. */
function namedRole(name: string): FileRole {
  const role = roleOf(name);
  return role === undefined || role === 'sniff' || role === 'version' || role === 'timestamp' ? 'objects' : role;
}

async function packingOfFile(path: string, given: string): Promise<Packing> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw notReadable(given, error);
  });
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    const packing = packingOf(head.subarray(0, bytesRead));
    refusePacking(packing, given);
    return packing;
  } finally {
    await handle.close();
  }
}

function refusePacking(packing: Packing, given: string): void {
  if (packing === 'xz' || packing === 'bzip2' || packing === 'zstd' || packing === '7z') {
    throw new SnapshotError(
      `${given} is packed with ${packing}, which is not supported`,
      'Unpack it and give the folder.',
    );
  }
}
