import { createReadStream } from 'node:fs';
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compareText } from '../util/text.ts';
import type { ArchiveEntry } from './archives.ts';
import { gunzip, untar, unzip } from './archives.ts';
import type { Chunks, Packing } from './byte-streams.ts';
import { capped, collect, collectTail, HEAD_BYTES, packingOf, peek, tooLarge } from './byte-streams.ts';
import { decodeText } from './decode-text.ts';
import type { FileRole } from './file-role.ts';
import { isForeignFolder, roleOf, startsLikeObjects } from './file-role.ts';
import type { Limits } from './limits.ts';
import { formatBytes } from './limits.ts';
import { SnapshotError } from './snapshot-error.ts';

/** A file that may hold facts, with its bytes. */
export interface InputFile {
  /** As the user can find it again: `dump/pods.yaml`, `bundle.tgz:ns/pods.yaml`, `standard input`. */
  readonly display: string;
  /** The path below the input, with `/` between the parts; the file's own name for a single file. */
  readonly path: string;
  readonly role: FileRole;
  readonly bytes: Uint8Array;
}

export interface InputContext {
  readonly cwd: string;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** What is left of `limits.totalBytes`, shared by all inputs. */
  readonly budget: { left: number };
  /** Called for files that cannot be read. */
  readonly problem: (path: string, message: string) => void;
}

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

async function* archiveFiles(
  entries: AsyncIterable<ArchiveEntry>,
  given: string,
  count: boolean,
  context: InputContext,
): AsyncGenerator<InputFile> {
  let seen = 0;
  try {
    for await (const entry of entries) {
      context.signal.throwIfAborted();
      if (++seen > context.limits.entries) throw tooMany(given, context.limits.entries);
      const path = cleanName(entry.name);
      const display = `${given}:${path ?? entry.name}`;
      const role = path === undefined ? undefined : roleOf(path);
      const content = count ? capped(entry.content, context.budget, given, context.limits.totalBytes) : entry.content;
      if (path === undefined) context.problem(display, 'a path that leads out of the archive; passed over');
      if (path === undefined || role === undefined || path.split('/').some(isForeignFolder)) {
        // What is not read still counts, so that a bomb does not work by its name.
        if (count) await collectTail(content, 0);
        else entry.skip();
        continue;
      }
      const file = await entryFile(content, path, display, role, context);
      if (file !== undefined) yield file;
    }
  } catch (error) {
    if (error instanceof SnapshotError || context.signal.aborted) throw error;
    context.problem(given, `the archive is damaged: ${reasonOf(error)}; files before that place were read`);
  }
}

async function entryFile(
  content: Chunks,
  path: string,
  display: string,
  role: FileRole,
  context: InputContext,
): Promise<InputFile | undefined> {
  if (role === 'log') return { display, path, role, bytes: await collectTail(content, context.limits.logBytes) };
  let bytes = await collect(content, context.limits.fileBytes);
  if (bytes === undefined) {
    context.problem(display, `larger than ${formatBytes(context.limits.fileBytes)}; passed over`);
    return undefined;
  }
  if (packingOf(bytes.subarray(0, HEAD_BYTES)) === 'gzip' && !/\.(tar\.gz|tgz)$/i.test(path)) {
    bytes = await collect(
      capped(gunzip(chunksOf(bytes), damageOf(display, context)), context.budget, display, context.limits.totalBytes),
      context.limits.fileBytes,
    );
  }
  if (bytes === undefined) return undefined;
  if (role !== 'sniff') return { display, path, role, bytes };
  if (!startsLikeObjects(decodeText(bytes.subarray(0, HEAD_BYTES)))) return undefined;
  return { display, path, role: 'objects', bytes };
}

interface Walk {
  /** Real paths of the folders above and behind, against loops of links. */
  readonly seen: Set<string>;
  entries: number;
}

async function* folderFiles(
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

/** A path inside an archive with `/`, without `./`; undefined when it leads out of the archive. */
function cleanName(name: string): string | undefined {
  const parts = name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || /^[A-Za-z]:$/.test(parts[0] ?? '') ? undefined : parts.join('/');
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

function spend(context: InputContext, size: number, what: string): void {
  context.budget.left -= size;
  if (context.budget.left < 0) throw tooLarge(what, context.limits.totalBytes);
}

function tooMany(given: string, limit: number): SnapshotError {
  return new SnapshotError(
    `${given} holds more than ${limit} files`,
    'Give the folder of the dump, not one far above it.',
  );
}

function notReadable(given: string, error: unknown): SnapshotError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SnapshotError(
      `${given} does not exist`,
      'Give a file, a folder, a .tar.gz or .zip, or - for standard input.',
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SnapshotError(`${given} may not be read`, 'Check the rights of the file.');
  }
  return new SnapshotError(`${given} cannot be read: ${reasonOf(error)}`, 'Check the path.');
}

/** A fault of unpacking in our words; an interruption stays one. */
function translated(error: unknown, given: string, context: InputContext): unknown {
  if (error instanceof SnapshotError || context.signal.aborted) return error;
  return new SnapshotError(`${given} is damaged: ${reasonOf(error)}`, 'Record or copy it again.');
}

function damageOf(path: string, context: InputContext): (reason: string) => void {
  return (reason) => context.problem(path, `the file is damaged: ${reason}; what stands before that place was read`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
