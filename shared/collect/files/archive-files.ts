import { SnapshotError } from '../snapshot-error.ts';
import type { ArchiveEntry } from './archives.ts';
import { gunzip } from './archives.ts';
import type { Chunks } from './byte-streams.ts';
import { capped, chunksOf, collect, collectTail, HEAD_BYTES, packingOf } from './byte-streams.ts';
import { decodeText } from './decode-text.ts';
import type { FileRole } from './file-role.ts';
import { isForeignFolder, roleOf, startsLikeObjects } from './file-role.ts';
import { damageOf, reasonOf, tooMany } from './input-errors.ts';
import type { InputContext, InputFile } from './input-file.ts';
import { formatBytes } from './limits.ts';

/** The files of an archive that may hold facts. Damage is noted; what stands before it is given. */
export async function* archiveFiles(
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

/** One file of an archive, unpacked again when it is packed itself; undefined when it holds no facts. */
export async function entryFile(
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

/** A path inside an archive with `/`, without `./`; undefined when it leads out of the archive. */
function cleanName(name: string): string | undefined {
  const parts = name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || /^[A-Za-z]:$/.test(parts[0] ?? '') ? undefined : parts.join('/');
}
