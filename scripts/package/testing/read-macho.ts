import { createHash } from 'node:crypto';

/**
 * Reads a signed Mach-O file back, written apart from the signer and from Apple's headers alone, so that the two can
 * catch each other's mistakes.
 */
export interface MachO {
  readonly cpu: 'x86_64' | 'arm64' | 'other';
  /** In the order of the file. */
  readonly segments: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
    readonly memory: number;
  }[];
  readonly sections: readonly {
    readonly segment: string;
    readonly name: string;
    readonly offset: number;
    readonly size: number;
  }[];
  /** First byte after the load commands, and first byte of a section. */
  readonly commandsEnd: number;
  readonly contentStart: number;
  readonly signature: Signature | undefined;
}

export interface Signature {
  readonly offset: number;
  readonly size: number;
  readonly identifier: string;
  readonly flags: number;
  readonly codeLimit: number;
  readonly execStart: number;
  readonly execSize: number;
  readonly execFlags: number;
  readonly pages: number;
  /** Numbers of the pages whose hash is not that of the file. */
  readonly wrongPages: readonly number[];
}

/** Reads the parts of a 64-bit Mach-O file that the tests compare. Throws for another file. */
export function readMachO(file: Buffer): MachO {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const little = (at: number): number => view.getUint32(at, true);
  const wide = (at: number): number => Number(view.getBigUint64(at, true));
  if (little(0) !== 0xfeedfacf) throw new Error('no 64-bit Mach-O file');
  const segments: { name: string; offset: number; size: number; memory: number }[] = [];
  const sections: { segment: string; name: string; offset: number; size: number }[] = [];
  let signature: Signature | undefined;
  let at = 32;
  for (let number = 0; number < little(16); number++) {
    const command = little(at);
    if (command === 0x19) {
      const name = word(file, at + 8);
      segments.push({ name, offset: wide(at + 40), size: wide(at + 48), memory: wide(at + 32) });
      for (let section = 0; section < little(at + 64); section++) {
        const start = at + 72 + section * 80;
        sections.push({ segment: name, name: word(file, start), offset: little(start + 48), size: wide(start + 40) });
      }
    }
    if (command === 0x1d) signature = readSignature(file, little(at + 8), little(at + 12));
    at += little(at + 4);
  }
  if (at !== 32 + little(20)) throw new Error('the sizes of the load commands do not add up');
  const cpu = { 16777223: 'x86_64', 16777228: 'arm64' }[little(4)] ?? 'other';
  return {
    cpu: cpu as MachO['cpu'],
    segments,
    sections,
    commandsEnd: at,
    contentStart: Math.min(...sections.map(({ offset }) => offset).filter((offset) => offset > 0)),
    signature,
  };
}

function readSignature(file: Buffer, offset: number, size: number): Signature {
  const view = new DataView(file.buffer, file.byteOffset + offset, size);
  const big = (at: number): number => view.getUint32(at, false);
  if (big(0) !== 0xfade0cc0) throw new Error('the signature is no SuperBlob');
  // One index entry: type 0 is the CodeDirectory.
  if (big(8) !== 1 || big(12) !== 0) throw new Error('the SuperBlob should hold one CodeDirectory');
  const start = big(16);
  const number = (at: number): number => big(start + at);
  if (number(0) !== 0xfade0c02) throw new Error('no CodeDirectory');
  if (number(8) < 0x20400) throw new Error('a CodeDirectory without executable segment');
  const byte = (at: number): number => view.getUint8(start + at);
  if (byte(36) !== 32 || byte(37) !== 2) throw new Error('hashes are not SHA-256');
  const pageSize = 2 ** byte(39);
  const pages = number(28);
  const codeLimit = number(32);
  const hashes = offset + start + number(16);
  const wrongPages: number[] = [];
  for (let page = 0; page < pages; page++) {
    const end = Math.min((page + 1) * pageSize, codeLimit);
    const found = createHash('sha256')
      .update(file.subarray(page * pageSize, end))
      .digest();
    if (!file.subarray(hashes + page * 32, hashes + page * 32 + 32).equals(found)) wrongPages.push(page);
  }
  if (hashes + pages * 32 !== offset + start + number(4))
    throw new Error('the CodeDirectory does not end after its hashes');
  if (pages !== Math.ceil(codeLimit / pageSize)) throw new Error('the pages do not cover the code');
  const wide = (position: number): number => Number(view.getBigUint64(start + position, false));
  const identifier = offset + start + number(20);
  return {
    offset,
    size,
    identifier: file.toString('latin1', identifier, file.indexOf(0, identifier)),
    flags: number(12),
    codeLimit,
    execStart: wide(64),
    execSize: wide(72),
    execFlags: wide(80),
    pages,
    wrongPages,
  };
}

function word(file: Buffer, at: number): string {
  return file.toString('latin1', at, at + 16).split('\0')[0] ?? '';
}
