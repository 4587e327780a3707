import { createHash } from 'node:crypto';

/**
 * Signs a 64-bit Mach-O file ad hoc, as the linker does: macOS on Apple silicon runs nothing that has no signature, and
 * putting a blob into Node breaks the one it had. No certificate is involved; the signature says only that the pages are
 * whole. Layout: Apple's `cs_blobs.h` (xnu, osfmk/kern/cs_blobs.h) and `loader.h`.
 */

const MAGIC_64 = 0xfeedfacf;
const HEADER_SIZE = 32;
const SEGMENT_64 = 0x19;
const CODE_SIGNATURE = 0x1d;
const COMMAND_SIZE = 16;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION = 0x20400;
const DIRECTORY_SIZE = 88;
/** CS_ADHOC and CS_LINKER_SIGNED. */
const FLAGS = 0x20002;
const SHA256 = 2;
const SHA256_SIZE = 32;
const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;
/** CS_EXECSEG_MAIN_BINARY. */
const MAIN_BINARY = 1n;
/** Memory pages of Apple silicon; segments are laid out for them. */
const VM_PAGE = 0x4000;

interface Command {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** The file with an ad-hoc signature in place of any that it had. `identifier` is the name the system shows. */
export function signAdHoc(file: Buffer, identifier: string): Buffer {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('not a 64-bit Mach-O file');
  const commands = readCommands(file);
  const text = segment(file, commands, '__TEXT');
  const linkedit = segment(file, commands, '__LINKEDIT');
  const old = commands.find(({ type }) => type === CODE_SIGNATURE);
  const linkeditOffset = Number(file.readBigUInt64LE(linkedit.at + 40));
  const linkeditEnd = linkeditOffset + Number(file.readBigUInt64LE(linkedit.at + 48));
  const codeEnd = old === undefined ? linkeditEnd : file.readUInt32LE(old.at + 8);
  if (linkeditEnd !== file.length && old === undefined) throw new Error('__LINKEDIT does not end the file');

  const codeLimit = align(codeEnd, 16);
  const size = signatureSize(codeLimit, identifier);
  const out = Buffer.alloc(codeLimit + size);
  file.copy(out, 0, 0, codeEnd);
  const command = old?.at ?? appendCommand(out, commands, firstSection(file, commands));
  out.writeUInt32LE(codeLimit, command + 8);
  out.writeUInt32LE(size, command + 12);
  const linkeditSize = out.length - linkeditOffset;
  out.writeBigUInt64LE(BigInt(align(linkeditSize, VM_PAGE)), linkedit.at + 32);
  out.writeBigUInt64LE(BigInt(linkeditSize), linkedit.at + 48);

  writeSignature(out, codeLimit, identifier, {
    offset: file.readBigUInt64LE(text.at + 40),
    size: file.readBigUInt64LE(text.at + 48),
  });
  return out;
}

function readCommands(file: Buffer): readonly Command[] {
  const commands: Command[] = [];
  let at = HEADER_SIZE;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const size = file.readUInt32LE(at + 4);
    commands.push({ type: file.readUInt32LE(at), at, size });
    at += size;
  }
  return commands;
}

function segment(file: Buffer, commands: readonly Command[], name: string): Command {
  const found = commands.find(({ type, at }) => type === SEGMENT_64 && nameAt(file, at + 8) === name);
  if (found === undefined) throw new Error(`the Mach-O file has no segment ${name}`);
  return found;
}

function nameAt(file: Buffer, at: number): string {
  return file.toString('latin1', at, at + 16).replace(/\0.*$/, '');
}

/** Where the first section's bytes begin: load commands may grow up to there. */
function firstSection(file: Buffer, commands: readonly Command[]): number {
  const offsets = commands
    .filter(({ type }) => type === SEGMENT_64)
    .flatMap(({ at }) =>
      Array.from({ length: file.readUInt32LE(at + 64) }, (_, index) => file.readUInt32LE(at + 72 + index * 80 + 48)),
    );
  return Math.min(...offsets.filter((offset) => offset > 0));
}

function appendCommand(out: Buffer, commands: readonly Command[], limit: number): number {
  const last = commands.at(-1);
  const at = last === undefined ? HEADER_SIZE : last.at + last.size;
  if (at + COMMAND_SIZE > limit) throw new Error('no room for LC_CODE_SIGNATURE before the first section');
  out.writeUInt32LE(CODE_SIGNATURE, at);
  out.writeUInt32LE(COMMAND_SIZE, at + 4);
  out.writeUInt32LE(commands.length + 1, 16);
  out.writeUInt32LE(out.readUInt32LE(20) + COMMAND_SIZE, 20);
  return at;
}

function signatureSize(codeLimit: number, identifier: string): number {
  return align(20 + directorySize(codeLimit, identifier), 16);
}

function directorySize(codeLimit: number, identifier: string): number {
  return DIRECTORY_SIZE + identifier.length + 1 + Math.ceil(codeLimit / PAGE) * SHA256_SIZE;
}

/** A SuperBlob that holds one CodeDirectory. Its numbers are big-endian. */
function writeSignature(
  out: Buffer,
  codeLimit: number,
  identifier: string,
  text: { readonly offset: bigint; readonly size: bigint },
): void {
  const pages = Math.ceil(codeLimit / PAGE);
  const hashes = DIRECTORY_SIZE + identifier.length + 1;
  const length = directorySize(codeLimit, identifier);
  const blob = out.subarray(codeLimit);
  [EMBEDDED_SIGNATURE, 20 + length, 1, 0, 20].forEach((value, index) => {
    blob.writeUInt32BE(value, index * 4);
  });
  const directory = blob.subarray(20);
  const numbers = [CODE_DIRECTORY, length, VERSION, FLAGS, hashes, DIRECTORY_SIZE, 0, pages, codeLimit];
  numbers.forEach((value, index) => {
    directory.writeUInt32BE(value, index * 4);
  });
  directory.writeUInt8(SHA256_SIZE, 36);
  directory.writeUInt8(SHA256, 37);
  directory.writeUInt8(0, 38);
  directory.writeUInt8(PAGE_BITS, 39);
  directory.writeBigUInt64BE(text.offset, 64);
  directory.writeBigUInt64BE(text.size, 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  directory.write(`${identifier}\0`, DIRECTORY_SIZE, 'latin1');
  for (let page = 0; page < pages; page++) {
    const bytes = out.subarray(page * PAGE, Math.min((page + 1) * PAGE, codeLimit));
    createHash('sha256')
      .update(bytes)
      .digest()
      .copy(directory, hashes + page * SHA256_SIZE);
  }
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
