/**
 * Bytes of a text file as UTF-8 without a byte order mark. PowerShell's `>` writes UTF-16 with a mark; editors write a
 * UTF-8 mark. UTF-16 without a mark is told by the zero bytes beside ASCII letters.
 */
export function toUtf8(bytes: Uint8Array): Uint8Array {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return bytes.subarray(3);
  if (a === 0xff && b === 0xfe) return fromUtf16(bytes.subarray(2), true);
  if (a === 0xfe && b === 0xff) return fromUtf16(bytes.subarray(2), false);
  if (bytes.length >= 4 && isText(a) && b === 0 && isText(c) && bytes[3] === 0) return fromUtf16(bytes, true);
  if (bytes.length >= 4 && a === 0 && isText(b) && c === 0 && isText(bytes[3])) return fromUtf16(bytes, false);
  return bytes;
}

/** UTF-8 text; invalid sequences become U+FFFD, because a log may be cut in the middle of a letter. */
export function decodeText(bytes: Uint8Array): string {
  return asBuffer(toUtf8(bytes)).toString('utf8');
}

/** The same memory as a Buffer, which decodes and searches faster than a plain Uint8Array. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isText(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function fromUtf16(bytes: Uint8Array, littleEndian: boolean): Uint8Array {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  if (!littleEndian) even.swap16();
  return Buffer.from(even.toString('utf16le'), 'utf8');
}
