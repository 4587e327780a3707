import { SnapshotError } from '../snapshot-error.ts';
import { formatBytes } from './limits.ts';

/** A stream of bytes in pieces of any size. */
export type Chunks = AsyncIterable<Uint8Array>;

/** How a file is packed, told by its first bytes; names lie. */
export type Packing = 'gzip' | 'zip' | 'tar' | 'plain' | 'xz' | 'bzip2' | 'zstd' | '7z';

/** Enough for a tar header. */
export const HEAD_BYTES = 512;

/** Tells the packing from the first 512 bytes. */
export function packingOf(head: Uint8Array): Packing {
  const starts = (...bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return 'zip';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (starts(0x42, 0x5a, 0x68) && head[4] === 0x31) return 'bzip2';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (starts(0x37, 0x7a, 0xbc, 0xaf)) return '7z';
  return isTarHeader(head) ? 'tar' : 'plain';
}

/** A tar header carries the sum of its bytes in octal at 148, counted as if the sum were blanks (POSIX pax, ustar). */
function isTarHeader(head: Uint8Array): boolean {
  if (head.length < HEAD_BYTES) return false;
  let sum = 0;
  for (let at = 0; at < HEAD_BYTES; at++) sum += at >= 148 && at < 156 ? 0x20 : (head[at] ?? 0);
  const noted = Buffer.from(head.subarray(148, 156)).toString('latin1');
  return Number.parseInt(noted.replace(/\0.*$/s, '').trim(), 8) === sum && sum > 8 * 0x20;
}

/** The first bytes of a stream, and the whole stream again. */
export async function peek(chunks: Chunks, size = HEAD_BYTES): Promise<{ head: Uint8Array; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < size && !ended) {
    const step = await iterator.next();
    if (step.done === true) ended = true;
    else {
      first.push(step.value);
      length += step.value.length;
    }
  }
  const head = Buffer.concat(first);
  return { head: head.subarray(0, size), all: again(head, ended, iterator) };
}

async function* again(
  head: Uint8Array,
  ended: boolean,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    while (!ended) {
      const step = await iterator.next();
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Ends with a SnapshotError when more bytes come through than allowed: a bomb must not fill the memory. */
export async function* capped(
  chunks: Chunks,
  budget: { left: number },
  what: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.left -= chunk.length;
    if (budget.left < 0) throw tooLarge(what, limit);
    yield chunk;
  }
}

/** The error for an input that unpacks to more than the limit. */
export function tooLarge(what: string, limit: number): SnapshotError {
  return new SnapshotError(
    `${what} holds more than ${formatBytes(limit)} of data`,
    'Unpack it and give the part that matters, such as the folder of one namespace.',
  );
}

/** All bytes of a stream, or undefined when they are more than `limit`; the stream is then read to its end. */
export async function collect(chunks: Chunks, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length <= limit) parts.push(chunk);
    else parts.length = 0;
  }
  if (length > limit) return undefined;
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** The last bytes of a stream. */
export async function collectTail(chunks: Chunks, limit: number): Promise<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > limit * 2) {
      const tail = Buffer.concat(parts).subarray(-limit);
      parts = [Buffer.from(tail)];
      length = tail.length;
    }
  }
  return Buffer.concat(parts).subarray(-limit);
}

/** Bytes that are there already, as a stream. */
export async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
