import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { deployment, pod, service, slicesFor, snapshotOf } from '../testing/builders.ts';
import { createTestAuthority } from '../testing/certs.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';
import { writeSnapshot } from './write-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (path: string): Promise<Snapshot> => readSnapshots([path], fakeRuntime());
const web = service('web');
const pods = [pod('web-1'), pod('web-2')];
const facts: Snapshot = {
  ...snapshotOf([web, ...pods, ...slicesFor(web, pods), deployment('web')], { except: { Node: 'forbidden' } }),
  others: {
    'traefik.io/IngressRoute': [
      { apiVersion: 'traefik.io/v1', kind: 'IngressRoute', metadata: { name: 'r', namespace: 'shop' } },
    ],
  },
  logs: [
    { namespace: 'shop', pod: 'web-1', container: 'app', previous: false, text: 'started\n' },
    { namespace: 'shop', pod: 'web-1', container: 'app', previous: true, text: 'crashed\n' },
    { namespace: 'gone', pod: 'old-1', container: 'side-previous', previous: false, text: 'of a pod that is gone\n' },
  ],
  tools: [{ path: 'node-1/iptables-save.txt', text: '*nat\nCOMMIT\n' }],
  problems: [{ path: 'x.yaml', line: 3, message: 'not valid YAML' }],
};

describe('writeSnapshot', () => {
  it('gives back the same facts', async () => {
    const path = files.path('s.tar.gz');
    const written = await writeSnapshot(facts, path);
    const back = await read(path);
    expect(back.objects).toEqual(facts.objects);
    expect(back.others).toEqual(facts.others);
    expect(new Set(back.coverage)).toEqual(new Set(facts.coverage));
    expect(back.takenAt).toBe(facts.takenAt);
    expect(back.serverVersion).toBe(facts.serverVersion);
    expect(new Set(back.logs)).toEqual(new Set(facts.logs));
    expect(back.tools).toEqual([{ path: 'tools/node-1/iptables-save.txt', text: '*nat\nCOMMIT\n' }]);
    expect(back.problems).toEqual(facts.problems);
    expect(written.bytes).toBe(readFileSync(path).length);
    expect(written.files).toBe(10);
  });

  it('keeps its time, also where an object is newer; a later input beside it is the present', async () => {
    const path = files.path('s.tgz');
    await writeSnapshot({ ...facts, takenAt: '2020-01-01T00:00:00Z' }, path);
    expect((await read(path)).takenAt).toBe('2020-01-01T00:00:00Z');
    const later = files.write('later.json', {
      ...web,
      metadata: { ...web.metadata, creationTimestamp: '2030-01-01T00:00:00Z' },
    });
    expect((await readSnapshots([path, later], fakeRuntime())).takenAt).toBe('2030-01-01T00:00:00.000Z');
  });

  it('gives the same bytes for the same facts, in any order', async () => {
    await writeSnapshot(facts, files.path('1.tgz'));
    const turned = {
      ...facts,
      objects: { ...facts.objects, Pod: [...(facts.objects.Pod ?? [])].reverse() },
      logs: [...facts.logs].reverse(),
    };
    await writeSnapshot(turned, files.path('2.tgz'));
    expect(readFileSync(files.path('1.tgz')).equals(readFileSync(files.path('2.tgz')))).toBe(true);
  });

  it('writes the same again after reading it back', async () => {
    await writeSnapshot(facts, files.path('1.tgz'));
    const { source } = facts;
    await writeSnapshot({ ...(await read(files.path('1.tgz'))), source }, files.path('2.tgz'));
    expect(gunzipSync(readFileSync(files.path('2.tgz'))).equals(gunzipSync(readFileSync(files.path('1.tgz'))))).toBe(
      true,
    );
  });

  it('holds no secret', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data: { password: 'aHVudGVyMg==', 'tls.key': 'aHVudGVyMg==' },
    };
    const loaded: Snapshot = {
      ...facts,
      objects: {
        ...facts.objects,
        Secret: [secret],
        Pod: [
          {
            ...pods[0],
            spec: { containers: [{ name: 'app', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
          } as KubeObject,
        ],
      },
      logs: [{ namespace: 'shop', pod: 'web-1', container: 'app', previous: false, text: 'password=hunter2\n' }],
    };
    const path = files.path('s.tgz');
    await writeSnapshot(loaded, path);
    expect(gunzipSync(readFileSync(path)).toString('latin1')).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('records to which certificate a key belongs, not the key', async () => {
    const authority = createTestAuthority();
    const issued = authority.issue({ hosts: ['web.shop'] });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const tls = (name: string, key: string, certificates = issued.cert): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'shop' },
      ...{
        data: {
          'tls.crt': Buffer.from(certificates).toString('base64'),
          'tls.key': Buffer.from(key).toString('base64'),
        },
      },
    });
    const path = files.path('s.tgz');
    const Secret = [
      tls('good', issued.key),
      tls('later', issued.key, `${authority.cert}\n${issued.cert}`),
      tls('bad', String(other)),
      tls('odd', 'x'),
    ];
    await writeSnapshot({ ...facts, objects: { Secret } }, path);
    const fits = Object.fromEntries(
      ((await read(path)).objects.Secret ?? []).map(({ metadata }) => [
        metadata?.name,
        metadata?.annotations?.['kubectl-net/key-belongs-to-certificate'],
      ]),
    );
    expect(fits).toEqual({ good: '1', later: '2', bad: 'none', odd: 'unreadable' });
  });

  it('replaces a file only when the new one is whole, and leaves nothing behind', async () => {
    const path = files.write('s.tgz', 'precious');
    const broken = {
      ...facts,
      logs: [
        {
          ...facts.logs[0],
          get text(): string {
            throw new Error('lost');
          },
        },
      ],
    } as unknown as Snapshot;
    await expect(writeSnapshot(broken, path)).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await writeSnapshot(facts, path);
    expect(readdirSync(files.folder)).toEqual(['s.tgz']);
  });

  it('says why it cannot write', async () => {
    mkdirSync(files.path('folder'));
    await expect(writeSnapshot(facts, files.path('folder'))).rejects.toMatchObject({
      name: 'SnapshotError',
      message: expect.stringMatching(/it is a folder/),
    });
    await expect(writeSnapshot(facts, files.path('no/such/s.tgz'))).rejects.toThrow(/its folder does not exist/);
  });

  it('writes names that are no file names, and facts without a time', async () => {
    const odd: Snapshot = {
      ...facts,
      takenAt: '',
      tools: [
        { path: '../../etc/passwd', text: 'x' },
        { path: 'C:\\logs\\ip route', text: 'y' },
      ],
      logs: [{ namespace: '..', pod: 'a/b', container: 'c', previous: false, text: 'z' }],
    };
    const path = files.path('odd.tgz');
    await writeSnapshot(odd, path);
    const back = await read(path);
    expect(back.problems.map((problem) => problem.message)).toEqual(['not valid YAML']);
    expect(back.tools.map((tool) => tool.path)).toEqual(['tools/C_/logs/ip_route', 'tools/_/_/etc/passwd']);
  });

  it('writes texts longer than one buffer', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => pod(`web-${String(index).padStart(5, '0')}`));
    const path = files.path('many.tgz');
    await writeSnapshot({ ...facts, objects: { Pod: many } }, path);
    writeFileSync(files.path('x'), '');
    expect((await read(path)).objects.Pod).toEqual(many);
  });
});
