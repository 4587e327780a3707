import { mkdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Snapshot, seen } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (...paths: string[]): Promise<Snapshot> => readSnapshots(paths, fakeRuntime({ cwd: files.folder }));
const readStdin = (stdin: string | Uint8Array): Promise<Snapshot> => readSnapshots(['-'], fakeRuntime({ stdin }));
const names = (snapshot: Snapshot): string[] =>
  (snapshot.objects.Pod ?? []).map(({ metadata }) => metadata?.name ?? '');
const podYaml = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: shop\n`;
const podJson = (name: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: name } });

describe('broken documents', () => {
  it('are named with their line; the others of the file are used', async () => {
    files.write('x.yaml', `${podYaml('a')}---\nkind: Pod\n\tmetadata: tab\n---\n${podYaml('b')}---\na: [1\n`);
    const snapshot = await read('x.yaml');
    expect(names(snapshot)).toEqual(['a', 'b']);
    expect(snapshot.problems.map(({ path, line }) => [path, line])).toEqual([
      ['x.yaml', 8],
      ['x.yaml', 17],
    ]);
    expect(snapshot.problems[0]?.message).toMatch(/^not valid YAML: /);
  });

  it('spoil one item of a YAML list only', async () => {
    const item = (name: string): string => podYaml(name).replace(/^/gm, '  ').replace('  api', '- api').trimEnd();
    const text = `apiVersion: v1\nitems:\n${item('a')}\n${item('b').replace('name: b', 'name: [b')}\n${item('c')}\nkind: List\n`;
    const snapshot = await readStdin(text);
    expect(names(snapshot)).toEqual(['a', 'c']);
    expect(snapshot.problems).toHaveLength(1);
    expect(snapshot.problems[0]?.line).toBeGreaterThanOrEqual(8);
  });

  it('spoil one item of a JSON list only', async () => {
    const text = `{"kind":"List","apiVersion":"v1","items":[\n${podJson('a')},\n${podJson('b').replace('"uid":', '"uid"')},\n${podJson('c')}\n]}`;
    const snapshot = await readStdin(text);
    expect(names(snapshot)).toEqual(['a', 'c']);
    expect(snapshot.problems).toMatchObject([{ line: 3, message: expect.stringMatching(/^not valid JSON/) }]);
  });

  it('spoil one of several JSON lines only, and the message does not quote the text', async () => {
    const snapshot = await readStdin(`${podJson('a')}\n{"password": hunter2}\n${podJson('b')}\n`);
    expect(names(snapshot)).toEqual(['a', 'b']);
    expect(snapshot.problems).toMatchObject([{ line: 2 }]);
    expect(JSON.stringify(snapshot.problems)).not.toContain('hunter2');
  });

  it('of a list that was cut off leave the items before the cut, and the list does not count as whole', async () => {
    for (const text of [
      `{"apiVersion":"v1","kind":"List","items":[${podJson('a')},${podJson('b')},{"apiVersion":"v1","kind":"Po`,
      `apiVersion: v1\nitems:\n- ${podJson('a')}\n- ${podJson('b')}\n- {"apiVersion": "v1", "ki`,
    ]) {
      const snapshot = await readStdin(text);
      expect(names(snapshot)).toEqual(['a', 'b']);
      expect(snapshot.problems.length).toBeGreaterThan(0);
      expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: false });
    }
  });

  it('that are templates are one line', async () => {
    files.write(
      'chart/templates/deploy.yaml',
      'kind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n---\nkind: {{ include "x" . }}\n',
    );
    files.write('chart/pod.yaml', podYaml('a'));
    const snapshot = await read('chart');
    expect(names(snapshot)).toEqual(['a']);
    expect(snapshot.problems.map((problem) => problem.message)).toEqual([
      'a template with {{ … }}, not YAML; passed over (helm template renders it)',
    ]);
  });

  it('do not become a flood of problems', async () => {
    const snapshot = await readStdin(podYaml('a') + '---\na: [\n'.repeat(500));
    expect(snapshot.problems.length).toBeLessThan(30);
    expect(snapshot.problems.at(-1)?.message).toBe('480 more problems');
  });
});

describe('nothing usable', () => {
  it.each([
    ['a path that does not exist', 'nope.yaml', /nope\.yaml does not exist/],
    ['an empty file', 'empty.yaml', /empty\.yaml is empty/],
    ['a folder without objects', 'folder', /no Kubernetes object in folder/],
    ['an empty folder', 'void', /no Kubernetes object in void/],
    ['only broken files', 'broken.yaml', /nothing in broken\.yaml can be used/],
    ['values of a chart', 'values.yaml', /no Kubernetes object in values\.yaml/],
  ])('%s is an error with a hint', async (_, path, message) => {
    files.write('empty.yaml', '');
    files.write('folder/values.yaml', 'a: 1\n');
    files.write('broken.yaml', 'kind: [\n');
    files.write('values.yaml', 'a: 1\n');
    mkdirSync(files.path('void'));
    await expect(read(path)).rejects.toMatchObject({
      name: 'SnapshotError',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
  });

  it('names the first problem in the hint', async () => {
    await expect(read(files.write('b.json', '{"kind": ]}'))).rejects.toMatchObject({
      hint: expect.stringMatching(/b\.json:1: not valid/),
    });
  });

  it('says what to do with tables and with archives inside a folder', async () => {
    const table = 'NAME      READY   STATUS    RESTARTS   AGE\nweb-1     1/1     Running   0          3d\n';
    await expect(read(files.write('pods.txt', table))).rejects.toMatchObject({
      hint: expect.stringMatching(/-o yaml/),
    });
    const events =
      'LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n2m   Warning   BackOff   pod/web-1   Back-off\n';
    const described =
      'Name:         web-1\nNamespace:    shop\nContainers:\n  app:\n    State:   Waiting\n      Reason: x\n  no: yaml: here\n';
    for (const [text, word] of [
      [events, 'text as kubectl prints it'],
      [described, 'text as kubectl prints it'],
    ] as const) {
      await expect(read(files.write('text.txt', text))).rejects.toMatchObject({ hint: expect.stringContaining(word) });
    }
    files.write('d/bundle.tar.gz', 'x');
    await expect(read('d')).rejects.toMatchObject({ hint: expect.stringMatching(/give d[\\/]bundle\.tar\.gz$/) });
  });

  it('empty standard input is an error', async () => {
    await expect(readStdin('')).rejects.toThrow('standard input is empty');
    await expect(readStdin(' \n')).rejects.toThrow(/no Kubernetes object in standard input/);
  });

  it('an empty list of a known kind is no error: it says that there are none', async () => {
    for (const items of ['"items":[]', '"items":null', '"metadata":{}']) {
      const snapshot = await readStdin(`{"kind":"PodList","apiVersion":"v1",${items}}`);
      expect(snapshot.objects).toEqual({});
      expect(snapshot.others).toBeUndefined();
      expect(snapshot.problems).toEqual([]);
    }
  });
});

describe('strange bytes', () => {
  it('in one file never keep the others from being read', async () => {
    const odd: readonly Buffer[] = [
      Buffer.from([0]),
      Buffer.alloc(4096),
      Buffer.from('apiVersion: v1\nkind: Pod\u0000\nmetadata: {name: x}\n'),
      Buffer.from([0xff, 0xfe, 0x41]),
      Buffer.from([0x1f, 0x8b, 0x08, 0x00]),
      Buffer.from('PK\u0003\u0004garbage'),
      Buffer.from('{'.repeat(5000)),
      Buffer.from('['.repeat(100_000)),
      Buffer.from('a: &a [*a, *a]\n'),
      Buffer.from('- '.repeat(3000)),
      Buffer.from('{"kind":"List","apiVersion":"v1","items":[null,1,"x",[],{}]}'),
      Buffer.from('{"kind":"Pod","apiVersion":"v1","metadata":null}'),
      Buffer.from('{"kind":5,"apiVersion":{},"metadata":[]}'),
      Buffer.from(
        '{"kind":"Pod","apiVersion":"v1","metadata":{"name":7,"namespace":null,"labels":"x"},"spec":[],"status":"y"}',
      ),
      Buffer.from('{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":"x"}'),
      Buffer.from(
        '{"__proto__":{"polluted":1},"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","__proto__":{"x":1}}}',
      ),
    ];
    for (const [index, bytes] of odd.entries()) {
      files.write('d/good.yaml', podYaml('good'));
      files.write('d/odd.yaml', bytes);
      const snapshot = await read('d');
      expect(names(snapshot), `case ${index}`).toContain('good');
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('changed, added or cut anywhere never crash the reader', async () => {
    const good = `${podYaml('a')}---\n{"kind":"List","apiVersion":"v1","items":[${podJson('b')},${podJson('c')}]}\n`;
    const damage = fc.array(
      fc.tuple(
        fc.nat(good.length),
        fc.constantFrom('{', '}', '[', ']', '"', ':', '-', '\n', '\t', '\0', '&', '*', '!', '%', '---\n', '\\', ''),
      ),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(good.length), async (changes, cut) => {
        let text = good;
        for (const [at, piece] of changes) text = text.slice(0, at) + piece + text.slice(at + 1);
        await readStdin(text.slice(0, Math.max(1, cut))).catch((error: Error) =>
          expect(error.name).toBe('SnapshotError'),
        );
      }),
      { numRuns: 150 },
    );
  });
});
