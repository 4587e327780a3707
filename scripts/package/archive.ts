import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AsyncZippable, zip } from 'fflate';
import { pack } from 'tar-stream';

/** A file of an archive. */
export interface ArchiveFile {
  /** As it is called in the archive. */
  readonly name: string;
  /** Its content, or the path it is read from. */
  readonly from: Buffer | { readonly path: string };
  readonly executable: boolean;
}

/** Times are not told: the same files give the same bytes, whenever and wherever they are packed. */
const EPOCH = new Date(Date.UTC(2000, 0, 1));

/** Writes a .tar.gz, or a .zip by the name of the target. */
export async function writeArchive(target: string, files: readonly ArchiveFile[]): Promise<void> {
  await writeFile(target, target.endsWith('.zip') ? await zipped(files) : await tarGz(files));
}

async function tarGz(files: readonly ArchiveFile[]): Promise<Buffer> {
  const tar = pack();
  for (const file of files) {
    tar.entry({ name: file.name, mode: modeOf(file), uid: 0, gid: 0, mtime: EPOCH }, await contentOf(file));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const bytes = await promisify(gzip)(Buffer.concat(chunks), { level: 6 });
  // The header names the system that compressed: 255 is "unknown" (RFC 1952).
  bytes[9] = 255;
  return bytes;
}

async function zipped(files: readonly ArchiveFile[]): Promise<Uint8Array> {
  const UNIX = 3;
  const entries: AsyncZippable = {};
  for (const file of files) {
    const attrs = (0o100000 + modeOf(file)) << 16;
    entries[file.name] = [new Uint8Array(await contentOf(file)), { os: UNIX, attrs, mtime: localTime(), level: 6 }];
  }
  return await promisify<AsyncZippable, Uint8Array>(zip)(entries);
}

/** Zip keeps local times, so the same moment would be other bytes in another time zone. */
function localTime(): Date {
  return new Date(2000, 0, 1);
}

function modeOf({ executable }: ArchiveFile): number {
  return executable ? 0o755 : 0o644;
}

async function contentOf({ from }: ArchiveFile): Promise<Buffer> {
  return Buffer.isBuffer(from) ? from : await readFile(from.path);
}
