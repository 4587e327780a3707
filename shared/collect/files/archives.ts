import { Readable } from 'node:stream';
import type { Chunks } from './byte-streams.ts';

/** A file in an archive. `content` must be read or dropped before the next entry comes. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Chunks;
  /** Passes over the content. */
  readonly skip: () => void;
}

/**
 * Unpacks gzip. A stream that was cut off gives what can be unpacked; of one that is damaged inside, what stands before
 * the damage is given and `damaged` is called. Throws when nothing can be unpacked.
 */
export async function* gunzip(chunks: Chunks, damaged: (reason: string) => void): AsyncGenerator<Uint8Array> {
  const { constants, createGunzip } = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // Errors of the source reach the reader through the destroyed stream; the callback has nothing to add.
  pipeline(Readable.from(chunks), unzip, () => {});
  let any = false;
  try {
    for await (const chunk of unzip) {
      any = true;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!any || code?.startsWith('Z_') !== true) throw error;
    damaged(message);
  }
}

/** The files of a tar stream, in their order. Links, devices and folders are left out. */
export async function* untar(chunks: Chunks): AsyncGenerator<ArchiveEntry> {
  const { pipeline } = await import('node:stream');
  // A CommonJS module: bundlers give its exports as the default only.
  const { extract: createExtract } = (await import('tar-stream')).default;
  const extract = createExtract();
  pipeline(Readable.from(chunks), extract as unknown as NodeJS.WritableStream, () => {});
  for await (const entry of extract) {
    const { header } = entry;
    if (header.type !== 'file' && header.type !== 'contiguous-file') {
      entry.resume();
      continue;
    }
    yield { name: header.name, content: entry as unknown as Chunks, skip: () => entry.resume() };
  }
}

/** The files of a zip stream. fflate unpacks synchronously, so small pieces go in to keep bombs small. */
export async function* unzip(chunks: Chunks): AsyncGenerator<ArchiveEntry> {
  const { Unzip, UnzipInflate } = await import('fflate');
  const ready: ZipFile[] = [];
  const reader = new Unzip();
  reader.register(UnzipInflate);
  reader.onfile = (file) => {
    const entry: ZipFile = { name: file.name, parts: [], done: false, error: undefined };
    if (file.name.endsWith('/')) return;
    ready.push(entry);
    file.ondata = (error, data, final) => {
      if (error !== null) entry.error = error;
      else if (data.length > 0) entry.parts.push(data);
      if (final || error !== null) entry.done = true;
    };
    file.start();
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += ZIP_PIECE) {
      reader.push(chunk.subarray(at, at + ZIP_PIECE), false);
      while (ready[0]?.done === true) yield zipEntry(ready.shift() as ZipFile);
    }
  }
  reader.push(new Uint8Array(0), true);
  while (ready.length > 0) yield zipEntry(ready.shift() as ZipFile);
}

const ZIP_PIECE = 64 * 1024;

interface ZipFile {
  readonly name: string;
  readonly parts: Uint8Array[];
  done: boolean;
  error: Error | undefined;
}

function zipEntry(file: ZipFile): ArchiveEntry {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield* file.parts;
    if (file.error !== undefined) throw file.error;
    if (!file.done) throw new Error('the archive ends in the middle of this file');
  }
  return { name: file.name, content: content(), skip: () => {} };
}
