/** Readers of program files, only as deep as it takes to find the embedded blob and to see that the frame is whole. */

/** What an ELF file says of itself. */
export interface Elf {
  readonly machine: 'x86-64' | 'aarch64' | 'other';
  readonly interpreter: string;
  /** Names of its notes. */
  readonly notes: readonly string[];
  /** Whether each segment's bytes are in the file. */
  readonly whole: boolean;
}

export function readElf(file: Buffer): Elf {
  if (file.readUInt32BE(0) !== 0x7f454c46) throw new Error('no ELF file');
  const notes: string[] = [];
  let interpreter = '';
  let whole = true;
  const start = Number(file.readBigUInt64LE(32));
  for (let at = 0; at < file.readUInt16LE(56); at++) {
    const header = start + at * file.readUInt16LE(54);
    const offset = Number(file.readBigUInt64LE(header + 8));
    const size = Number(file.readBigUInt64LE(header + 32));
    const type = file.readUInt32LE(header);
    if (offset + size > file.length) whole = false;
    if (type === 3) interpreter = file.toString('latin1', offset, offset + size - 1);
    if (type === 4) notes.push(...readNotes(file.subarray(offset, offset + size)));
  }
  const machine = { 62: 'x86-64', 183: 'aarch64' }[file.readUInt16LE(18)] ?? 'other';
  return { machine: machine as Elf['machine'], interpreter, notes, whole };
}

function readNotes(bytes: Buffer): readonly string[] {
  const names: string[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const nameSize = bytes.readUInt32LE(at);
    const dataSize = bytes.readUInt32LE(at + 4);
    names.push(bytes.toString('latin1', at + 12, at + 12 + Math.max(0, nameSize - 1)));
    at += 12 + Math.ceil(nameSize / 4) * 4 + Math.ceil(dataSize / 4) * 4;
  }
  return names;
}

/** What a Windows program says of itself. */
export interface Pe {
  readonly machine: 'x86-64' | 'other';
  readonly subsystem: 'console' | 'other';
  /** Names of its resources, in capitals as the linker writes them. */
  readonly resources: readonly string[];
  readonly whole: boolean;
}

export function readPe(file: Buffer): Pe {
  const header = file.readUInt32LE(0x3c);
  if (file.toString('latin1', 0, 2) !== 'MZ' || file.toString('latin1', header, header + 4) !== 'PE\0\0') {
    throw new Error('no program for Windows');
  }
  const optional = header + 24;
  if (file.readUInt16LE(optional) !== 0x20b) throw new Error('no 64-bit program');
  const resourceAddress = file.readUInt32LE(optional + 112 + 2 * 8);
  const table = optional + file.readUInt16LE(header + 20);
  let resources: readonly string[] = [];
  let whole = true;
  for (let at = 0; at < file.readUInt16LE(header + 6); at++) {
    const section = table + at * 40;
    const address = file.readUInt32LE(section + 12);
    const size = file.readUInt32LE(section + 16);
    const offset = file.readUInt32LE(section + 20);
    if (offset + size > file.length) whole = false;
    if (resourceAddress >= address && resourceAddress < address + Math.max(size, file.readUInt32LE(section + 8))) {
      resources = resourceNames(file.subarray(offset + resourceAddress - address));
    }
  }
  return {
    machine: file.readUInt16LE(header + 4) === 0x8664 ? 'x86-64' : 'other',
    subsystem: file.readUInt16LE(optional + 68) === 3 ? 'console' : 'other',
    resources,
    whole,
  };
}

/** The names of the second level: types, then names, then languages. */
function resourceNames(tree: Buffer): readonly string[] {
  return entries(tree, 0).flatMap(({ child }) =>
    child === undefined ? [] : entries(tree, child).flatMap(({ name }) => (name === undefined ? [] : [name])),
  );
}

function entries(
  tree: Buffer,
  at: number,
): readonly { readonly name: string | undefined; readonly child: number | undefined }[] {
  const HIGH = 0x80000000;
  const count = tree.readUInt16LE(at + 12) + tree.readUInt16LE(at + 14);
  return Array.from({ length: count }, (_, index) => {
    const id = tree.readUInt32LE(at + 16 + index * 8);
    const target = tree.readUInt32LE(at + 20 + index * 8);
    return {
      name: id >= HIGH ? utf16At(tree, id - HIGH) : undefined,
      child: target >= HIGH ? target - HIGH : undefined,
    };
  });
}

function utf16At(tree: Buffer, at: number): string {
  return tree.toString('utf16le', at + 2, at + 2 + tree.readUInt16LE(at) * 2);
}
