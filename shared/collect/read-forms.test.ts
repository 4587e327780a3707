import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../model/snapshot.ts';
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
const names = (snapshot: Snapshot, kind: 'Pod' | 'Service' | 'ConfigMap' | 'Ingress' = 'Pod'): string[] =>
  (snapshot.objects[kind] ?? []).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);

const pod = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...more },
});

describe('forms of input', () => {
  it('reads single objects, several documents, Lists and typed lists, in YAML and JSON', async () => {
    files.write('a/one.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: one, namespace: shop}\n');
    files.write(
      'a/two.yml',
      '---\napiVersion: v1\nkind: Pod\nmetadata: {name: two, namespace: shop}\n---\n# empty\n---\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"three","namespace":"shop"}}\n',
    );
    files.write('a/list.json', { apiVersion: 'v1', kind: 'List', items: [pod('four')] });
    files.write('a/typed.json', {
      apiVersion: 'v1',
      kind: 'PodList',
      items: [{ metadata: { name: 'five', namespace: 'shop' } }],
    });
    files.write('a/lines.ndjson', `${JSON.stringify(pod('six'))}\n${JSON.stringify(pod('seven'))}\n`);
    files.write(
      'a/row.json',
      `${JSON.stringify(pod('eight'), null, 2)}${JSON.stringify(pod('nine'))},\n${JSON.stringify(pod('ten'))}`,
    );
    files.write('a/array.json', [pod('eleven')]);
    files.write('a/nested.json', {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'List', items: [pod('twelve')] }],
    });
    const snapshot = await read('a');
    expect(names(snapshot).sort()).toEqual(
      ['eight', 'eleven', 'five', 'four', 'nine', 'one', 'seven', 'six', 'ten', 'three', 'twelve', 'two'].map(
        (n) => `shop/${n}`,
      ),
    );
    expect(snapshot.problems).toEqual([]);
    expect(snapshot.objects.Pod?.every((object) => object.kind === 'Pod' && object.apiVersion === 'v1')).toBe(true);
  });

  it('reads a YAML stream whose documents, or the first of them, are JSON', async () => {
    const stream = [pod('a'), pod('b')].map((one) => JSON.stringify(one)).join('\n---\n');
    files.write('jsonnet/stream.yaml', `${stream}\n--- # the last\n${JSON.stringify(pod('c'), null, 2)}\n...\n---\n`);
    files.write(
      'jsonnet/mixed.yaml',
      `${JSON.stringify(pod('d'))} # the first\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: e, namespace: shop}\n`,
    );
    const snapshot = await read('jsonnet');
    expect(snapshot.problems).toEqual([]);
    expect(names(snapshot).sort()).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `shop/${name}`));
  });

  it('brings objects of older API versions into the form of today, as a cluster that serves them is read', async () => {
    const backend = '{serviceName: web, servicePort: 80}';
    files.write(
      'old/ingress.yaml',
      `apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old, namespace: shop}\nspec: {backend: ${backend}}\n`,
    );
    const [ingress] = (await read('old')).objects.Ingress ?? [];
    expect(ingress?.spec).toMatchObject({ defaultBackend: { service: { name: 'web', port: { number: 80 } } } });
  });

  it('keeps kinds outside the model under their group', async () => {
    files.write(
      'x.yaml',
      'apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: r, namespace: shop}\n',
    );
    expect((await read('x.yaml')).others).toMatchObject({ 'traefik.io/IngressRoute': [{ metadata: { name: 'r' } }] });
  });

  it('tells Calico policies from built-in ones', async () => {
    files.write(
      'p.yaml',
      'apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {}\n',
    );
    const { objects } = await read('p.yaml');
    expect(objects.CalicoNetworkPolicy).toHaveLength(1);
    expect(objects.NetworkPolicy).toBeUndefined();
  });

  it('reads standard input as YAML, JSON, gzip or UTF-16', async () => {
    const yaml = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n';
    for (const input of [
      yaml,
      yaml.replaceAll('\n', '\r\n'),
      `\ufeff${yaml}`,
      JSON.stringify(pod('web')),
      gzipSync(yaml),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(yaml, 'utf16le')]),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(pod('web')), 'utf16le')]),
      `Warning: v1 Endpoints is deprecated in v1.33+\n${yaml}`,
      `{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}`,
    ]) {
      const snapshot = await readStdin(input);
      expect(names(snapshot)).toEqual(['shop/web']);
      expect(snapshot.source).toEqual({ type: 'snapshot', name: 'standard input' });
    }
  });

  it('passes silently over files without Kubernetes objects, and over other folders', async () => {
    files.write('d/pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n');
    files.write('d/README.md', '# {{ broken: [yaml');
    files.write('d/values.yaml', 'replicas: 3\nimage: {tag: x}\n');
    files.write('d/package.json', { name: 'x', version: '1' });
    files.write('d/notes.txt', 'key: [unclosed\n');
    files.write('d/empty.yaml', '');
    files.write('d/.git/config.yaml', 'a: [');
    files.write('d/node_modules/x/y.json', '{');
    files.write('d/logo.png', Buffer.from([0x89, 0x50, 0, 1, 2, 3]));
    const snapshot = await read('d');
    expect(names(snapshot)).toEqual(['shop/web']);
    expect(snapshot.problems).toEqual([]);
  });

  it('reads a file without a telling extension when the user names it or it starts like objects', async () => {
    files.write('e/dump.txt', JSON.stringify(pod('a')));
    files.write('e/pods', 'apiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: shop}\n');
    expect(names(await read('e'))).toEqual(['shop/a', 'shop/b']);
    expect(names(await read(files.write('x.dat', JSON.stringify(pod('c')))))).toEqual(['shop/c']);
  });

  it('merges several inputs: the newer version of an object counts, else the later one', async () => {
    files.write('1.json', [
      pod('a', { resourceVersion: '9', labels: { from: '1' } }),
      pod('b', { labels: { from: '1' } }),
    ]);
    files.write('2.json', [
      pod('a', { resourceVersion: '10', labels: { from: '2' } }),
      pod('b', { labels: { from: '2' } }),
    ]);
    for (const paths of [
      ['1.json', '2.json'],
      ['2.json', '1.json'],
    ]) {
      const snapshot = await read(...paths);
      const [a, b] = ['a', 'b'].map((name) => snapshot.objects.Pod?.find(({ metadata }) => metadata?.name === name));
      expect(a?.metadata?.labels).toEqual({ from: '2' });
      expect(b?.metadata?.labels).toEqual({ from: paths[1]?.[0] });
      expect(snapshot.objects.Pod).toHaveLength(2);
    }
  });

  it('puts manifests without a namespace where they would be applied', async () => {
    const path = files.write(
      'm.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: wrong}\n',
    );
    expect(names(await read(path), 'Service')).toEqual(['default/web']);
    const there = await readSnapshots([path], fakeRuntime(), { namespace: 'shop' });
    expect(names(there, 'Service')).toEqual(['shop/web']);
    expect(there.objects.Namespace?.[0]?.metadata).toEqual({ name: 'shop' });
  });

  it('reads YAML as kubectl does: merge keys, times and versions stay text', async () => {
    const snapshot = await readStdin(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  <<: &m {namespace: shop}\n  name: c\n  creationTimestamp: 2026-01-01T00:00:00Z\ndata:\n  a: "1"\n',
    );
    expect(snapshot.objects.ConfigMap?.[0]).toMatchObject({
      metadata: { namespace: 'shop', name: 'c', creationTimestamp: '2026-01-01T00:00:00Z' },
    });
  });

  it('says where each object was read', async () => {
    files.write(
      'o/list.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: shop}\n',
    );
    files.write(
      'o/list.json',
      JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [pod('c'), pod('d')] }, null, 1),
    );
    const { origins = {} } = await read('o');
    expect(origins['Pod/shop/b']).toMatch(/o[\\/]list\.yaml:5$/);
    expect(origins['Pod/shop/c']).toMatch(/o[\\/]list\.json:5$/);
    expect(origins['Pod/shop/d']).toMatch(/o[\\/]list\.json:14$/);
  });

  it('finds the server version, and the newest time as the time of the snapshot', async () => {
    files.write('v/version.json', {
      clientVersion: { gitVersion: 'v1.30.0' },
      serverVersion: { gitVersion: 'v1.34.4' },
    });
    files.write('v/pod.json', pod('a', { creationTimestamp: '2026-03-01T10:00:00Z' }));
    expect(await read('v')).toMatchObject({ serverVersion: 'v1.34.4', takenAt: '2026-03-01T10:00:00.000Z' });
    expect(await read('v')).toMatchObject({ orLater: true });
    expect(await readStdin(JSON.stringify(pod('a')))).toMatchObject({ takenAt: '', orLater: true });
  });

  it('reads what kubectl version prints, and no version of something else', async () => {
    files.write('w/version.txt', 'Client Version: v1.30.0\nKustomize Version: v5.0.4\nServer Version: v1.34.4+k3s1\n');
    files.write('w/pod.json', pod('a'));
    expect((await read('w')).serverVersion).toBe('v1.34.4+k3s1');
    files.write('w/version.txt', 'v7.1.0\n');
    expect((await read('w')).serverVersion).toBeUndefined();
  });

  it('gives the same value for the same files', async () => {
    for (const name of ['b', 'a', 'c']) files.write(`s/${name}.json`, pod(name));
    expect(JSON.stringify(await read('s'))).toBe(JSON.stringify(await read('s')));
  });

  it('holds no values of Secrets and no copies in annotations', async () => {
    const certificate = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----').toString('base64');
    files.write('s.json', {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: {
        name: 's',
        namespace: 'shop',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"aHVudGVyMg=="}}' },
      },
      data: { 'tls.crt': certificate, password: 'aHVudGVyMg==' },
      stringData: { token: 'hunter2' },
    });
    const snapshot = await read('s.json');
    expect(JSON.stringify(snapshot)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(snapshot.objects.Secret?.[0]).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': certificate, password: '', token: '' },
    });
  });
});
