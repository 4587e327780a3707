/**
 * Takes the symbol tables out of a 64-bit little-endian ELF file: what no segment loads, 17 MB of Node's 125. Own code,
 * because `strip` knows only the machine's own architecture and its output differs from version to version; a binary
 * must come out the same wherever it is built.
 */

const SECTION_SIZE = 64;
const PROGRAM_SIZE = 56;
const ALLOC = 0x2n;
const INFO_LINK = 0x40n;

interface Section {
  readonly name: string;
  readonly header: Buffer;
  readonly flags: bigint;
  readonly offset: number;
  readonly size: number;
}

/** The same program without sections that are not loaded. Throws when the file is no such ELF file. */
export function stripElf(file: Buffer): Buffer {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
    throw new Error('not a 64-bit little-endian ELF file');
  }
  const sections = readSections(file);
  const kept = sections.map((section, at) => at === 0 || (section.flags & ALLOC) !== 0n);
  const end = Math.max(loadedEnd(file), ...sections.filter((_, at) => kept[at]).map(fileEnd));

  const table = nameTable(sections.filter((_, at) => kept[at]).map(({ name }) => name));
  const namesOffset = align(end, 8);
  const headersOffset = align(namesOffset + table.bytes.length, 8);
  const keptIndices = sections.map((_, at) => at).filter((at) => kept[at]);
  const newIndex = new Map(keptIndices.map((at, position) => [at, position]));

  const headers: Buffer[] = keptIndices.map((at) => {
    const { header, name, flags } = sections[at] as Section;
    const copy = Buffer.from(header);
    if (at !== 0) copy.writeUInt32LE(table.at(name), 0);
    copy.writeUInt32LE(newIndex.get(copy.readUInt32LE(40)) ?? 0, 40);
    if ((flags & INFO_LINK) !== 0n) copy.writeUInt32LE(newIndex.get(copy.readUInt32LE(44)) ?? 0, 44);
    return copy;
  });
  headers.push(nameSection(table.at('.shstrtab'), namesOffset, table.bytes.length));

  const out = Buffer.alloc(headersOffset + headers.length * SECTION_SIZE);
  file.copy(out, 0, 0, end);
  table.bytes.copy(out, namesOffset);
  Buffer.concat(headers).copy(out, headersOffset);
  out.writeBigUInt64LE(BigInt(headersOffset), 40);
  out.writeUInt16LE(headers.length, 60);
  out.writeUInt16LE(headers.length - 1, 62);
  return out;
}

function readSections(file: Buffer): readonly Section[] {
  const offset = Number(file.readBigUInt64LE(40));
  const count = file.readUInt16LE(60);
  const headers = Array.from({ length: count }, (_, at) => {
    const start = offset + at * SECTION_SIZE;
    return file.subarray(start, start + SECTION_SIZE);
  });
  const namesHeader = headers[file.readUInt16LE(62)];
  const namesOffset = namesHeader === undefined ? 0 : Number(namesHeader.readBigUInt64LE(24));
  return headers.map((header) => ({
    name: textAt(file, namesOffset + header.readUInt32LE(0)),
    header,
    flags: header.readBigUInt64LE(8),
    offset: Number(header.readBigUInt64LE(24)),
    size: Number(header.readBigUInt64LE(32)),
  }));
}

/** Where the last segment ends in the file; sections that need no bytes there (.bss) do not count. */
function loadedEnd(file: Buffer): number {
  const offset = Number(file.readBigUInt64LE(32));
  const ends = Array.from({ length: file.readUInt16LE(56) }, (_, at) => {
    const start = offset + at * PROGRAM_SIZE;
    return Number(file.readBigUInt64LE(start + 8)) + Number(file.readBigUInt64LE(start + 32));
  });
  return Math.max(...ends);
}

function fileEnd({ header, offset, size }: Section): number {
  const NO_BITS = 8;
  const type = header.readUInt32LE(4);
  return type === NO_BITS || type === 0 ? 0 : offset + size;
}

function nameTable(names: readonly string[]): { readonly bytes: Buffer; at(name: string): number } {
  const places = new Map<string, number>();
  let text = '';
  for (const name of [...new Set([...names, '.shstrtab'])]) {
    places.set(name, text.length + (name === '' ? 0 : 1));
    text += name === '' ? '' : `\0${name}`;
  }
  return { bytes: Buffer.from(`${text}\0`, 'latin1'), at: (name) => places.get(name) ?? 0 };
}

function nameSection(name: number, offset: number, size: number): Buffer {
  const STRING_TABLE = 3;
  const header = Buffer.alloc(SECTION_SIZE);
  header.writeUInt32LE(name, 0);
  header.writeUInt32LE(STRING_TABLE, 4);
  header.writeBigUInt64LE(BigInt(offset), 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  header.writeBigUInt64LE(1n, 48);
  return header;
}

function textAt(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset));
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
