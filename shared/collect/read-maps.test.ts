import { expect, it } from 'vitest';
import { type Snapshot, seen } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

const read = (value: unknown): Promise<Snapshot> =>
  readSnapshots(['-'], fakeRuntime({ stdin: typeof value === 'string' ? value : JSON.stringify(value) }));

const named = (kind: string, name: string): object => ({ apiVersion: 'v1', kind, ...bare(name) });
const bare = (name: string): object => ({ metadata: { name, namespace: 'shop', uid: name } });
const list = (items: readonly object[]): object => ({ apiVersion: 'v1', kind: 'List', metadata: {}, items });
const names = ({ objects }: Snapshot): string[] =>
  Object.entries(objects).flatMap(([kind, all]) => (all ?? []).map(({ metadata }) => `${kind} ${metadata?.name}`));

it.each([
  ['Lists', { services: list([named('Service', 'web')]), pods: list([named('Pod', 'web-1')]), deployments: list([]) }],
  ['arrays', { services: [named('Service', 'web')], pods: [named('Pod', 'web-1')], deployments: [] }],
  ['arrays without kinds', { Service: [bare('web')], Pod: [bare('web-1')], Deployment: [] }],
  [
    'answers without kinds',
    { services: { items: [bare('web')] }, pods: { items: [bare('web-1')] }, deployments: { items: [] } },
  ],
  ['arrays below a key', { name: 'case 1', state: { svc: [bare('web')], po: [bare('web-1')], deploy: [] } }],
  ['arrays by namespace', { shop: { services: [bare('web')], pods: [bare('web-1')], deployments: [] } }],
])('a file that holds %s by kind', async (_, value) => {
  const snapshot = await read(value);
  expect(names(snapshot)).toEqual(['Pod web-1', 'Service web']);
  for (const kind of ['Pod', 'Service', 'Deployment'] as const) {
    expect(seen(snapshot, kind, 'shop'), kind).toMatchObject({ status: 'ok', whole: true });
  }
  expect(seen(snapshot, 'EndpointSlice', 'shop').status).toBe('notCollected');
});

it('a file that holds objects under keys of its own', async () => {
  const snapshot = await read({ target: named('Service', 'web'), resources: [named('Pod', 'web-1')] });
  expect(names(snapshot)).toEqual(['Pod web-1', 'Service web']);
});

it('an answer without kinds in a file that is named after one', async () => {
  const files = tempFiles();
  try {
    files.write('d/pods.json', { metadata: {}, items: [bare('web-1')] });
    files.write('d/notes.json', { items: [bare('web-2')] });
    const snapshot = await readSnapshots([files.path('d')], fakeRuntime());
    expect(names(snapshot)).toEqual(['Pod web-1']);
    expect(seen(snapshot, 'Pod', 'shop')).toMatchObject({ status: 'ok', whole: true });
  } finally {
    files.remove();
  }
});

it('is passed over where it is none of a cluster', async () => {
  const values =
    'services: [{name: web, port: 80}]\npods: 3\nextraObjects:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: x}\n';
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop}\n---\n${values}`;
  const snapshot = await read(`${text}---\ningresses: []\nconfigMaps: []\n`);
  expect(names(snapshot)).toEqual(['Pod web-1']);
  expect(seen(snapshot, 'Ingress', 'shop').status).toBe('notCollected');
});
