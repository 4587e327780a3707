import { describe, expect, it } from 'vitest';
import { signAdHoc } from './macho-sign.ts';
import { readMachO } from './testing/read-macho.ts';

const PAGE = 4096;
const TEXT_SIZE = 4 * PAGE;

/** A Mach-O file as small as can be: __TEXT with one section, __LINKEDIT with some bytes. */
function machO({ linkedit = 1000, room = 512 } = {}): Buffer {
  const commands = 72 + 80 + 72;
  const file = Buffer.alloc(TEXT_SIZE + linkedit, 7);
  file.fill(0, 0, 32 + commands + room);
  [0xfeedfacf, 0x0100000c, 0, 2, 2, commands, 0, 0].forEach((value, at) => {
    file.writeUInt32LE(value, at * 4);
  });
  writeSegment(file, 32, '__TEXT', 0, TEXT_SIZE, 1);
  const section = 32 + 72;
  file.write('__text', section, 'latin1');
  file.write('__TEXT', section + 16, 'latin1');
  file.writeBigUInt64LE(100n, section + 40);
  file.writeUInt32LE(32 + commands + room, section + 48);
  writeSegment(file, section + 80, '__LINKEDIT', TEXT_SIZE, linkedit, 0);
  return file;
}

function writeSegment(file: Buffer, at: number, name: string, offset: number, size: number, sections: number): void {
  file.writeUInt32LE(0x19, at);
  file.writeUInt32LE(72 + sections * 80, at + 4);
  file.write(name, at + 8, 'latin1');
  file.writeBigUInt64LE(BigInt(size), at + 32);
  file.writeBigUInt64LE(BigInt(offset), at + 40);
  file.writeBigUInt64LE(BigInt(size), at + 48);
  file.writeUInt32LE(sections, at + 64);
}

describe('the ad-hoc signer for macOS', () => {
  it('signs every page of the file up to the signature', () => {
    const { signature } = readMachO(signAdHoc(machO(), 'kubectl-net'));
    expect(signature).toMatchObject({
      identifier: 'kubectl-net',
      pages: 5,
      wrongPages: [],
      codeLimit: TEXT_SIZE + 1008,
    });
  });

  it('says that it is ad hoc and of the linker, and which segment is executed', () => {
    const { signature } = readMachO(signAdHoc(machO(), 'kubectl-net'));
    expect(signature).toMatchObject({ flags: 0x20002, execStart: 0, execSize: TEXT_SIZE, execFlags: 1 });
  });

  it('ends the file with the signature, inside __LINKEDIT', () => {
    const signed = signAdHoc(machO(), 'kubectl-net');
    const { signature, segments } = readMachO(signed);
    const linkedit = segments.find(({ name }) => name === '__LINKEDIT');
    expect((signature?.offset ?? 0) % 16).toBe(0);
    expect((signature?.offset ?? 0) + (signature?.size ?? 0)).toBe(signed.length);
    expect((linkedit?.offset ?? 0) + (linkedit?.size ?? 0)).toBe(signed.length);
    expect(linkedit?.memory).toBe(0x4000);
  });

  it('leaves the code as it was', () => {
    const before = machO();
    const after = signAdHoc(before, 'kubectl-net');
    const content = readMachO(after).contentStart;
    expect(after.subarray(content, before.length).equals(before.subarray(content))).toBe(true);
  });

  it('puts a new signature in the place of an old one', () => {
    const once = signAdHoc(machO(), 'somebody-else');
    const twice = signAdHoc(once, 'kubectl-net');
    expect(twice.equals(signAdHoc(machO(), 'kubectl-net'))).toBe(true);
  });

  it('whose work is undone by one changed byte', () => {
    const signed = signAdHoc(machO(), 'kubectl-net');
    signed[2 * PAGE + 5] = 99;
    expect(readMachO(signed).signature?.wrongPages).toEqual([2]);
  });

  it('refuses a file without room for one more load command', () => {
    expect(() => signAdHoc(machO({ room: 8 }), 'kubectl-net')).toThrow('no room for LC_CODE_SIGNATURE');
  });

  it('refuses what is no Mach-O file', () => {
    expect(() => signAdHoc(Buffer.alloc(64), 'kubectl-net')).toThrow('not a 64-bit Mach-O file');
  });
});
