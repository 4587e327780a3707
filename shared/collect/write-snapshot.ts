import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ALL_KINDS, KINDS } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareText } from '../util/text.ts';
import { sortCoverage } from './coverage.ts';
import {
  logFile,
  METADATA_FILE,
  objectsFile,
  otherObjectsFile,
  SNAPSHOT_API_VERSION,
  SNAPSHOT_KIND,
  toolFile,
} from './files/own-layout.ts';
import { forRecording } from './for-recording.ts';
import { SnapshotError } from './snapshot-error.ts';

export interface WriteOptions {
  /** Replace names and addresses by pseudonyms as well. Secret values are always left out. */
  readonly redact?: boolean;
}

export interface Written {
  /** Files in the archive. */
  readonly files: number;
  /** Size of the archive. */
  readonly bytes: number;
}

/**
 * Records a snapshot as a .tar.gz that `readSnapshots` gives back with the same facts. Values of Secrets, secret-looking
 * values and managedFields nobody reads are left out. The same snapshot gives the same bytes. The file appears whole or
 * not at all: what stood there before is replaced only at the end. Throws SnapshotError when it cannot be written.
 */
export async function writeSnapshot(snapshot: Snapshot, path: string, options: WriteOptions = {}): Promise<Written> {
  const recorded = forRecording(snapshot);
  const facts = options.redact === true ? (await import('./redact/redact.ts')).redact(recorded) : recorded;
  const files = filesOf(facts, options.redact === true);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`);
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw new Error('it is a folder');
    const handle = await open(temporary, 'wx', 0o600);
    let bytes: number;
    try {
      bytes = await writeArchive(handle, files, timeOf(facts.takenAt));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    return { files: files.length, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw new SnapshotError(
      `${path} cannot be written: ${reasonOf(error)}`,
      'Name a file in a folder that you may write to.',
    );
  }
}

interface ArchiveFile {
  readonly name: string;
  /** In pieces, because a text of a large cluster may be longer than a string may be. */
  readonly pieces: () => readonly Buffer[];
}

function filesOf(snapshot: Snapshot, redacted: boolean): ArchiveFile[] {
  const files: ArchiveFile[] = [];
  for (const kind of ALL_KINDS) {
    const objects = (snapshot.objects[kind] ?? []) as readonly KubeObject[];
    if (objects.length > 0)
      files.push({ name: objectsFile(kind), pieces: () => listPieces(KINDS[kind].kind, objects) });
  }
  for (const [key, objects] of Object.entries(snapshot.others ?? {})) {
    files.push({ name: otherObjectsFile(key), pieces: () => listPieces(key.slice(key.indexOf('/') + 1), objects) });
  }
  for (const log of snapshot.logs) files.push({ name: logFile(log), pieces: () => [Buffer.from(log.text)] });
  for (const tool of snapshot.tools) files.push({ name: toolFile(tool.path), pieces: () => [Buffer.from(tool.text)] });
  const unique = new Map(files.map((file) => [file.name, file]));
  const sorted = [...unique.values()].sort((a, b) => compareText(a.name, b.name));
  // The metadata stand first, so that a reader of the stream knows at once what it reads.
  return [{ name: METADATA_FILE, pieces: () => [Buffer.from(metadata(snapshot, redacted))] }, ...sorted];
}

function metadata(snapshot: Snapshot, redacted: boolean): string {
  const { takenAt, source, serverVersion, coverage, problems } = snapshot;
  const value = {
    apiVersion: SNAPSHOT_API_VERSION,
    kind: SNAPSHOT_KIND,
    takenAt,
    source,
    ...(serverVersion === undefined ? {} : { serverVersion }),
    redacted,
    coverage: sortCoverage(coverage),
    problems,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function listPieces(kind: string, objects: readonly KubeObject[]): readonly Buffer[] {
  const sorted = [...objects].sort((a, b) => compareText(nameKey(a), nameKey(b)));
  const head = `{"apiVersion":"v1","kind":${JSON.stringify(`${kind}List`)},"items":[\n`;
  const pieces = sorted.map((object, index) => Buffer.from(`${index === 0 ? '' : ',\n'}${JSON.stringify(object)}`));
  return [Buffer.from(head), ...pieces, Buffer.from('\n]}\n')];
}

function nameKey(object: KubeObject): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

async function writeArchive(handle: FileHandle, files: readonly ArchiveFile[], mtime: Date): Promise<number> {
  const { createGzip } = await import('node:zlib');
  // A CommonJS module: bundlers give its exports as the default only.
  const { pack: createPack } = (await import('tar-stream')).default;
  const pack = createPack();
  const gzip = createGzip();
  (pack as unknown as NodeJS.ReadableStream).pipe(gzip);
  const filled = fill(pack, files, mtime);
  filled.catch((error: unknown) => gzip.destroy(error instanceof Error ? error : new Error(String(error))));
  let bytes = 0;
  for await (const chunk of gzip as AsyncIterable<Buffer>) {
    // Byte 9 names the operating system that packed (RFC 1952, 2.3.1); 255, unknown, is the same everywhere.
    if (bytes === 0 && chunk.length > 9) chunk[9] = 0xff;
    await handle.write(chunk);
    bytes += chunk.length;
  }
  await filled;
  return bytes;
}

type Pack = ReturnType<typeof import('tar-stream')['pack']>;

async function fill(pack: Pack, files: readonly ArchiveFile[], mtime: Date): Promise<void> {
  for (const { name, pieces } of files) {
    const content = pieces();
    const size = content.reduce((sum, piece) => sum + piece.length, 0);
    await new Promise<void>((resolve, reject) => {
      const entry = pack.entry({ name, size, mtime, mode: 0o644, uid: 0, gid: 0 }, (error) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
      void writeAll(entry, content).catch(reject);
    });
  }
  pack.finalize();
}

async function writeAll(entry: NodeJS.WritableStream, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (!entry.write(piece)) await new Promise<void>((resolve) => entry.once('drain', resolve));
  }
  entry.end();
}

/** Manifests have no time; the archive then carries the epoch, as reproducible builds do. */
function timeOf(takenAt: string): Date {
  const millis = Date.parse(takenAt);
  return new Date(Number.isNaN(millis) ? 0 : Math.floor(millis / 1000) * 1000);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'no right to write there';
  if (code === 'ENOSPC') return 'no space left';
  return error instanceof Error ? error.message : String(error);
}
