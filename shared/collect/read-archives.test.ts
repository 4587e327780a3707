import { mkdirSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Zippable, zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import type { Limits } from './files/limits.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (path: string, limits: Partial<Limits> = {}): Promise<Snapshot> =>
  readSnapshots([path], fakeRuntime({ cwd: files.folder }), { limits });
const pod = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: name } });
const names = (snapshot: Snapshot): string[] =>
  (snapshot.objects.Pod ?? []).map(({ metadata }) => metadata?.name ?? '');

async function tar(entries: Readonly<Record<string, string>>): Promise<Buffer> {
  const packed = pack();
  for (const [name, text] of Object.entries(entries)) packed.entry({ name }, text);
  packed.entry({ name: 'link.yaml', type: 'symlink', linkname: '/etc/passwd' });
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const zip = (entries: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    zipSync(Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)])) as Zippable),
  );

const CONTENT = { 'x/pods/a.json': pod('a'), 'x/b.yaml': pod('b'), 'x/README.md': 'no', './c.yml': pod('c') };

describe('archives', () => {
  it('are told by their content, whatever their name is', async () => {
    const plain = await tar(CONTENT);
    for (const [name, bytes] of [
      ['a.tar', plain],
      ['a.tar.gz', gzipSync(plain)],
      ['a.tgz', gzipSync(plain)],
      ['a.zip', zip(CONTENT)],
      ['a.bin', gzipSync(gzipSync(plain))],
      ['misnamed.yaml', zip(CONTENT)],
    ] as const) {
      const snapshot = await read(files.write(name, bytes));
      expect(names(snapshot).sort(), name).toEqual(['a', 'b', 'c']);
      expect(snapshot.problems).toEqual([]);
      const stdin = await readSnapshots(['-'], fakeRuntime({ stdin: bytes }));
      expect(names(stdin).sort(), name).toEqual(['a', 'b', 'c']);
    }
  });

  it('name a file inside by archive and path', async () => {
    const path = files.write(
      'a.tgz',
      gzipSync(await tar({ 'x/good.yaml': pod('a'), 'x/bad.yaml': 'kind: Pod\n  broken: [\n' })),
    );
    const { problems, origins } = await read(path);
    expect(problems).toMatchObject([{ path: `${path}:x/bad.yaml`, line: 2 }]);
    expect(origins?.['Pod/shop/a']).toBe(`${path}:x/good.yaml:1`);
  });

  it('may hold paths that lead out: those are named and passed over', async () => {
    for (const bytes of [
      await tar({ '../../evil.yaml': pod('evil'), 'a.yaml': pod('a') }),
      zip({ '..\\evil.yaml': pod('evil'), 'a.yaml': pod('a') }),
    ]) {
      const snapshot = await read(files.write('t', bytes));
      expect(names(snapshot)).toEqual(['a']);
      expect(snapshot.problems[0]?.message).toMatch(/leads out of the archive/);
    }
  });

  it('that were cut off give what stands before the cut', async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`p${index}.json`, pod(`p${index}-${'x'.repeat(200)}`)]),
    );
    const plain = await tar(entries);
    for (const whole of [plain, gzipSync(plain), zip(entries)]) {
      const snapshot = await read(files.write('cut', whole.subarray(0, Math.floor(whole.length * 0.6))));
      expect(names(snapshot).length).toBeGreaterThan(5);
      expect(names(snapshot).length).toBeLessThan(50);
      expect(snapshot.problems.map((problem) => problem.message).join()).toMatch(/damaged|ends in the middle/);
    }
  });

  it('that are damaged inside give an error or what can be read, never a crash', async () => {
    const bytes = gzipSync(
      await tar(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}.json`, pod(`p${i}`)]))),
    );
    for (let at = 20; at < bytes.length; at += 37) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      await read(files.write('broken.tgz', broken)).then(
        (snapshot) => expect(snapshot.objects).toBeDefined(),
        (error: Error) => expect(error.name).toBe('SnapshotError'),
      );
    }
  });

  it('that unpack to more than the limit are refused in plain words', async () => {
    const bomb = gzipSync(await tar({ 'a.json': ' '.repeat(3_000_000) }));
    await expect(read(files.write('bomb.tgz', bomb), { totalBytes: 1_000_000 })).rejects.toMatchObject({
      name: 'SnapshotError',
      message: expect.stringMatching(/bomb\.tgz holds more than 976\.6 KiB/),
    });
    const zipped = zip({ 'ignored.png': ' '.repeat(3_000_000) });
    await expect(read(files.write('bomb.zip', zipped), { totalBytes: 1_000_000 })).rejects.toThrow(/holds more than/);
    const single = gzipSync(' '.repeat(3_000_000));
    await expect(read(files.write('bomb.gz', single), { totalBytes: 1_000_000 })).rejects.toThrow(/holds more than/);
    const many = await tar(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.md`, ''])));
    await expect(read(files.write('many.tar', many), { entries: 20 })).rejects.toThrow(/more than 20 files/);
  });

  it('of kinds that cannot be unpacked say so', async () => {
    const xz = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), Buffer.alloc(600)]);
    await expect(read(files.write('a.tar.xz', xz))).rejects.toThrow(/packed with xz, which is not supported/);
  });

  it('read a single packed file, alone and in a folder', async () => {
    expect(names(await read(files.write('d/pods.json.gz', gzipSync(pod('a')))))).toEqual(['a']);
    expect(names(await read('d'))).toEqual(['a']);
  });
});

describe('folders', () => {
  it('follow links to files, and do not run in circles', async () => {
    files.write('d/data/pod.yaml', pod('a'));
    mkdirSync(files.path('d/loop'));
    symlinkSync(files.path('d'), files.path('d/loop/up'));
    symlinkSync(files.path('d/data/pod.yaml'), files.path('d/link.yaml'));
    symlinkSync('/nowhere', files.path('d/dangling.yaml'));
    const snapshot = await read('d');
    expect(names(snapshot)).toEqual(['a']);
    expect(snapshot.problems).toEqual([]);
  });

  it('pass over a file that is too large, by name', async () => {
    files.write('d/big.json', JSON.stringify({ pad: 'x'.repeat(5000) }));
    files.write('d/a.json', pod('a'));
    const snapshot = await read('d', { fileBytes: 2000 });
    expect(names(snapshot)).toEqual(['a']);
    expect(snapshot.problems).toMatchObject([{ message: 'larger than 2 KiB; passed over' }]);
  });
});
