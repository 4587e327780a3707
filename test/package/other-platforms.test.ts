import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { programPath } from '../../scripts/package/program-path.ts';
import { readMachO } from '../../scripts/package/testing/read-macho.ts';
import { because, binary, incidents, missing, runBare } from './packaged.ts';
import { readElf, readPe } from './read-executables.ts';

/** The fuse of Node's single executables: 0 as shipped, 1 when a blob is in the file. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';
/** How a blob begins (`src/node_sea.cc`, kMagic). */
const BLOB_MAGIC = Buffer.from([0x20, 0xda, 0x43, 0x01]);

function fuse(file: Buffer): string {
  const at = file.indexOf(FUSE);
  return file.toString('latin1', at + FUSE.length, at + FUSE.length + 1);
}

/** Linux on ARM: run where qemu and Debian's C library for ARM are installed. */
function emulator(): { readonly words: readonly string[] } | string {
  const qemu = programPath('qemu-aarch64-static') ?? programPath('qemu-aarch64');
  const library = '/usr/aarch64-linux-gnu';
  if (process.arch === 'arm64') return { words: [] };
  if (qemu === undefined) return 'apt-get install qemu-user-static';
  if (!existsSync(`${library}/lib/libstdc++.so.6`)) return 'apt-get install libc6-arm64-cross libstdc++6-arm64-cross';
  return { words: [qemu, '-L', library] };
}

const arm = missing('linux/arm64', ['netsvc']);
describe.skipIf(arm !== undefined)(`the binary for linux/arm64${because(arm)}`, () => {
  it('is a whole ELF file for ARM with the blob in a note', () => {
    const file = readFileSync(binary('netsvc', 'linux/arm64'));
    expect(readElf(file)).toMatchObject({
      machine: 'aarch64',
      interpreter: '/lib/ld-linux-aarch64.so.1',
      whole: true,
      notes: expect.arrayContaining(['NODE_SEA_BLOB']),
    });
    expect(fuse(file)).toBe('1');
  });

  const found = emulator();
  const reason = typeof found === 'string' ? found : undefined;
  it.skipIf(reason !== undefined)(`answers a recorded incident${because(reason)}`, async () => {
    const [program = '', ...words] = [
      ...(typeof found === 'string' ? [] : found.words),
      binary('netsvc', 'linux/arm64'),
    ];
    const client = await runBare(program, [...words, 'version', '--client']);
    expect(client).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('linux/arm64') });
    const incident = incidents('netsvc').find(({ name }) => name === 'selector-relabelled-in-release');
    const run = await runBare(program, [...words, ...(incident?.words ?? [])]);
    expect(run).toEqual({ code: 1, stderr: '', stdout: incident?.expected });
  });
});

describe.each(['darwin/arm64', 'darwin/amd64'])('the binary for %s', (name) => {
  const absent = missing(name, ['netsvc']);
  it.skipIf(absent !== undefined)(`is signed page by page and holds the blob${because(absent)}`, () => {
    const file = readFileSync(binary('netsvc', name));
    const { signature, segments, sections, cpu, commandsEnd, contentStart } = readMachO(file);
    expect(cpu).toBe(name === 'darwin/arm64' ? 'arm64' : 'x86_64');
    expect(commandsEnd).toBeLessThanOrEqual(contentStart);
    expect(signature).toMatchObject({ identifier: 'kubectl-net', flags: 0x20002, execFlags: 1, wrongPages: [] });
    expect(signature?.execSize).toBe(segments.find((segment) => segment.name === '__TEXT')?.size);
    expect((signature?.offset ?? 0) + (signature?.size ?? 0)).toBe(file.length);
    for (const { offset, size } of segments) expect(offset + size).toBeLessThanOrEqual(file.length);
    expect(segments.at(-1)?.name).toBe('__LINKEDIT');
    const blob = sections.find((section) => section.segment === 'NODE_SEA' && section.name === '__NODE_SEA_BLOB');
    expect(file.subarray(blob?.offset ?? 0, (blob?.offset ?? 0) + 4)).toEqual(BLOB_MAGIC);
    expect(fuse(file)).toBe('1');
  });
});

const windows = missing('windows/amd64', ['netsvc']);
describe.skipIf(windows !== undefined)(`the binary for windows/amd64${because(windows)}`, () => {
  it('is a whole console program with the blob among its resources', () => {
    const file = readFileSync(binary('netsvc', 'windows/amd64'));
    expect(readPe(file)).toMatchObject({
      machine: 'x86-64',
      subsystem: 'console',
      whole: true,
      resources: expect.arrayContaining(['NODE_SEA_BLOB']),
    });
    expect(fuse(file)).toBe('1');
  });
});
