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

const CREATED = '2026-03-04T10:00:00Z';

/** An object as a server gives it; a pod is one of a ReplicaSet. */
const object = (kind: string, namespace: string | undefined, name: string, more: object = {}): object => ({
  apiVersion: kind === 'Deployment' || kind === 'ReplicaSet' ? 'apps/v1' : 'v1',
  kind,
  metadata: { namespace, name, uid: `${namespace}-${name}`, creationTimestamp: CREATED, ...more },
  spec: {},
});
const ofSet = (name: string): object => ({
  generateName: 'web-5d7f-',
  ownerReferences: [{ kind: 'ReplicaSet', name }],
});

const RECORDED = [
  object('Pod', 'shop', 'web-5d7f-abcde', ofSet('web-5d7f')),
  object('Deployment', 'shop', 'web'),
  object('Service', 'shop', 'web'),
  object('Pod', 'shop', 'db-0', { generateName: 'db-', ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] }),
  object('Pod', 'dev', 'db-0', { generateName: 'db-', ownerReferences: [{ kind: 'StatefulSet', name: 'db' }] }),
  object('Service', 'dev', 'api'),
  object('Node', undefined, 'node-1'),
];

async function readWith(
  texts: Readonly<Record<string, string | Uint8Array>>,
  recorded: readonly object[] = RECORDED,
): Promise<Snapshot> {
  files.write('d/objects.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: recorded }));
  for (const [path, text] of Object.entries(texts)) files.write(`d/${path}`, text);
  return await readSnapshots(['d'], { ...fakeRuntime(), cwd: files.path('') });
}

/** Events in one line each: namespace, object, reason, count, age of the last and the first, message. */
function told({ objects, takenAt }: Snapshot): readonly string[] {
  return (objects.Event ?? []).map((event) => {
    const { involvedObject, reason, count, message, metadata, firstTimestamp, lastTimestamp, source } =
      event as unknown as Record<string, string> & {
        involvedObject: Record<string, string>;
        metadata: { namespace: string };
        source: { component: string };
      };
    const age = (time: string | undefined): string =>
      time === undefined ? '-' : `${(Date.parse(takenAt) - Date.parse(time)) / 1000}s`;
    const { kind, name, namespace = '', fieldPath = '' } = involvedObject;
    const place = `${metadata.namespace} ${kind} ${namespace}/${name}${fieldPath}`;
    return `${place} ${reason} x${count} ${age(lastTimestamp)}/${age(firstTimestamp)} ${source.component}: ${message}`;
  });
}

const reasons = (snapshot: Snapshot): readonly string[] =>
  (snapshot.objects.Event ?? []).map((event) => `${(event as { reason?: string }).reason}`);

describe('a table of kubectl get events', () => {
  it('of all namespaces', async () => {
    const snapshot = await readWith({
      'events.txt': [
        'NAMESPACE   LAST SEEN   TYPE      REASON             OBJECT                MESSAGE',
        'shop        10s         Warning   Unhealthy          pod/web-5d7f-abcde    Readiness probe failed: HTTP probe failed with statuscode: 503',
        'shop        5m30s       Normal    Scheduled          pod/web-5d7f-abcde    Successfully assigned shop/web-5d7f-abcde to node-1',
        'default     3m          Normal    NodeNotReady       node/node-1           Node node-1 status is now: NodeNotReady',
        'kube-x      3m          Warning   FailedThing        widget.acme.io/w-1    no  such   thing',
        '',
      ].join('\n'),
    });
    expect(told(snapshot)).toEqual([
      'shop Pod shop/web-5d7f-abcde Unhealthy x0 0s/0s kubelet: Readiness probe failed: HTTP probe failed with statuscode: 503',
      'shop Pod shop/web-5d7f-abcde Scheduled x0 320s/320s : Successfully assigned shop/web-5d7f-abcde to node-1',
      'default Node /node-1 NodeNotReady x0 170s/170s : Node node-1 status is now: NodeNotReady',
      'kube-x widget.acme.io kube-x/w-1 FailedThing x0 170s/170s : no  such   thing',
    ]);
    // What happened 5m30s before the text was printed did not happen before the pod was made.
    expect(snapshot.takenAt).toBe('2026-03-04T10:05:20.000Z');
    expect(snapshot.problems).toEqual([]);
    expect(snapshot.coverage).toContainEqual({ kind: 'Event', namespace: '*', status: 'ok', subset: 'as text' });
  });

  it('with -o wide, with and without an object in the object', async () => {
    const snapshot = await readWith({
      events: [
        'LAST SEEN   TYPE      REASON      OBJECT               SUBOBJECT               SOURCE                  MESSAGE                       FIRST SEEN   COUNT   NAME',
        '10s         Warning   BackOff     pod/web-5d7f-abcde   spec.containers{app}    kubelet, node-1         Back-off  restarting  failed   4m10s        17      web-5d7f-abcde.18a1',
        '2m          Normal    Scaled up   deployment/web                               deployment-controller   Scaled up web-5d7f            2m           1       web.18a0',
        '',
      ].join('\n'),
    });
    expect(told(snapshot)).toEqual([
      'shop Pod shop/web-5d7f-abcdespec.containers{app} BackOff x17 0s/240s kubelet: Back-off  restarting  failed',
      'shop Deployment shop/web Scaled up x1 110s/110s deployment-controller: Scaled up web-5d7f',
    ]);
  });

  it('of kubectl events, with counts and messages of several lines', async () => {
    const snapshot = await readWith({
      'out.txt': [
        '```',
        'me@host:~$ k events -n shop',
        'LAST SEEN              TYPE      REASON         OBJECT                 MESSAGE',
        '3m (x5 over 10m)       Warning   FailedCreate   ReplicaSet/web-5d7f    Error creating: admission webhook "x" denied the request:',
        '- no owner label',
        '<unknown>              Normal    Pulled         Pod/web-5d7f-abcde     done',
        '[me@host ~]$ k get nodes',
        'NAME     STATUS   ROLES   AGE',
        'node-1   Ready    <none>  5d',
        '',
      ].join('\n'),
    });
    expect(told(snapshot)).toEqual([
      'shop ReplicaSet shop/web-5d7f FailedCreate x5 180s/600s : Error creating: admission webhook "x" denied the request:\n- no owner label',
      'shop Pod shop/web-5d7f-abcde Pulled x1 -/- kubelet: done',
    ]);
    expect(snapshot.problems).toEqual([]);
  });

  it('without its head, as grep leaves it', async () => {
    const text = '2m   Warning   FailedScheduling   pod/web-5d7f-abcde   0/3 nodes are available\n';
    expect(reasons(await readWith({ 'warnings.txt': text }))).toEqual(['FailedScheduling']);
  });

  it('below words of somebody', async () => {
    const table =
      'LAST SEEN   TYPE      REASON   OBJECT               MESSAGE\n5s          Warning   BackOff   pod/web-5d7f-abcde   x\n';
    const text = `Down since ten. What I saw:\n\n${table}`;
    expect(reasons(await readWith({ 'notes.txt': text }))).toEqual(['BackOff']);
    const manifest = `# What I saw:\n# ${table}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: shop}\ndata:\n  seen: |\n    ${table.replaceAll('\n', '\n    ')}`;
    const snapshot = await readWith({ 'notes.yaml': manifest.replace('\n5s', '\n# 5s') });
    expect(snapshot.objects.ConfigMap).toHaveLength(1);
    expect(snapshot.problems).toEqual([]);
  });

  it('without a head, below none: the end of a description says nothing of its object', async () => {
    const text =
      'Events:\n  Type     Reason   Age   From     Message\n  ----     ------   ----  ----     -------\n  Warning  BackOff  5s    kubelet  x\n';
    const snapshot = await readWith({ 'end.txt': text });
    expect(reasons(snapshot)).toEqual([]);
    expect(snapshot.problems).toMatchObject([{ message: expect.stringMatching(/^1 event of an unknown/) }]);
  });

  it('broken by a terminal of 80 columns', async () => {
    const row =
      '10s   Warning   Failed   pod/web-5d7f-abcde   Failed to pull image "registry.example.com/shop/web:1.2.3": not found';
    const two = `${row.slice(0, 80)}\n${row.slice(80)}\n`;
    const broken = `LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n${two}${two}`;
    const [event] = (await readWith({ 'e.txt': broken })).objects.Event ?? [];
    expect((event as { message?: string }).message).toBe(
      'Failed to pull image "registry.example.com/shop/web:1.2.3": not found',
    );
  });

  it.each([
    ['carriage returns', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['UTF-16, as PowerShell writes it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['a mark of UTF-8', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['no line break at its end', (text: string) => Buffer.from(text.trimEnd())],
  ])('with %s', async (_, write) => {
    const text =
      'LAST SEEN   TYPE      REASON   OBJECT               MESSAGE\n5s          Warning   BackOff   pod/web-5d7f-abcde   Back-off\n';
    expect(reasons(await readWith({ 'e.txt': write(text) }))).toEqual(['BackOff']);
  });

  it.each([
    ['only its head', 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n'],
    ['a row that is cut', 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n5s   Warning   Fai'],
    ['a row without an object', 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n5s   Warning   Failed   node   x\n'],
    ['zero bytes', 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n\0\0\0\0\n5s   Warning   \0\n'],
    ['a row without an end', `LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n5s   Warning   ${' '.repeat(100_000)}`],
  ])('that holds %s', async (_, text) => {
    expect(reasons(await readWith({ 'e.txt': text }))).toEqual([]);
  });
});

describe('the namespace of a table that names none', () => {
  const table = (name: string): string =>
    `LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n5s          Warning   BackOff   pod/${name}   Back-off\n`;

  it.each([
    ['e.txt', 'web-5d7f-abcde', 'shop'],
    // A pod that is gone, or was not recorded, is named after its workload.
    ['e.txt', 'web-77aa-zzzzz', 'shop'],
    ['e.txt', 'api-1', 'dev'],
    ['events-dev.txt', 'db-0', 'dev'],
    ['shop/e.txt', 'db-0', 'shop'],
  ])('%s about %s: %s', async (path, name, namespace) => {
    const snapshot = await readWith({ [path]: table(name) });
    expect((snapshot.objects.Event ?? []).map(({ metadata }) => metadata?.namespace)).toEqual([namespace]);
  });

  it.each(['db-0', 'cache-0'])('is not guessed: %s', async (name) => {
    const snapshot = await readWith({ 'e.txt': table(name) });
    expect(snapshot.objects.Event).toBeUndefined();
    expect(snapshot.problems).toMatchObject([
      {
        path: expect.stringMatching(/e\.txt$/),
        message: expect.stringMatching(/^1 event of an unknown namespace .*-A -o yaml$/),
      },
    ]);
  });
});

const described = (head: readonly string[], ...rows: readonly string[]): string =>
  [
    ...head,
    'Labels:           app=web',
    'Events:',
    '  Type     Reason     Age                  From               Message',
    '  ----     ------     ----                 ----               -------',
    ...rows,
    '',
  ].join('\n');
const WARNING = '  Warning  Unhealthy  3m (x12 over 9m10s)  kubelet            Readiness probe failed: refused';

describe('what kubectl describe prints', () => {
  it('has events of the object of its head', async () => {
    const text = described(
      ['Name:             web-5d7f-abcde', 'Namespace:        shop', 'QoS Class:        Burstable'],
      WARNING,
    );
    const node = described(['Name:               node-1', 'System Info:'], '  Normal   Starting   44s   kube-proxy  ');
    const snapshot = await readWith({ 'describe.txt': `${text}\n\n${node}` });
    expect(told(snapshot)).toEqual([
      'shop Pod shop/web-5d7f-abcde Unhealthy x12 136s/506s kubelet: Readiness probe failed: refused',
      'default Node /node-1 Starting x1 0s/0s kube-proxy: ',
    ]);
    expect(snapshot.problems).toEqual([]);
  });

  it.each([
    // A Service and a Deployment have this name: the sections tell, else the name of the file.
    ['d.txt', 'StrategyType:       RollingUpdate', 'Deployment'],
    ['d.txt', 'Session Affinity:         None', 'Service'],
    ['describe-svc-web.txt', 'Type:   ClusterIP', 'Service'],
    ['d.txt', 'Type:   ClusterIP', undefined],
  ])('%s with %s is of a %s', async (path, section, kind) => {
    const snapshot = await readWith({ [path]: described(['Name:   web', 'Namespace:  shop', section], WARNING) });
    expect(
      (snapshot.objects.Event ?? []).map(
        (event) => (event as { involvedObject?: { kind?: string } }).involvedObject?.kind,
      ),
    ).toEqual(kind === undefined ? [] : [kind]);
  });

  it('is named when it shows what was not recorded', async () => {
    const text = described(['Name:   queue-7', 'Namespace:  shop', 'QoS Class:  BestEffort'], WARNING);
    const snapshot = await readWith({
      'a.txt': text,
      'pods.txt': 'NAME      READY   STATUS    RESTARTS   AGE\nweb-1     1/1     Running   0          3d\n',
    });
    expect(snapshot.problems).toMatchObject([
      {
        path: expect.stringMatching(/a\.txt and .*pods\.txt$/),
        message: expect.stringMatching(/record it with/),
        aside: true,
      },
    ]);
    expect(reasons(snapshot)).toEqual(['Unhealthy']);
  });

  it('is not named when all of it was recorded', async () => {
    const table =
      'NAME             READY   STATUS    RESTARTS   AGE\nweb-5d7f-abcde   1/1     Running   0          3d\n';
    const all = 'NAME                 READY\npod/web-5d7f-abcde   1/1\n\nNAME          TYPE\nservice/web   ClusterIP\n';
    const none = 'Name:   web\nNamespace:  shop\nLabels:  <none>\nEvents:  <none>\n';
    expect((await readWith({ 'p.txt': table, 'all.txt': all, 'd.txt': none })).problems).toEqual([]);
  });

  it('of policies that were not recorded may be what counts', async () => {
    const text = 'NAME       POD-SELECTOR   AGE\ndeny-all   <none>         3d\n';
    const [problem] = (await readWith({ 'netpol.txt': text })).problems;
    expect(problem).not.toHaveProperty('aside');
  });
});

describe('beside Event objects', () => {
  const event = (namespace: string): object => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `web.${namespace}` },
    involvedObject: { kind: 'Service', namespace, name: 'web' },
    reason: 'Recorded',
  });
  const text = [
    'NAMESPACE   LAST SEEN   TYPE      REASON    OBJECT               MESSAGE',
    'shop        10s         Warning   BackOff   pod/web-5d7f-abcde   x',
    'dev         10s         Warning   Killing   pod/db-0             x',
  ].join('\n');

  const list = (...items: readonly object[]): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'EventList', metadata: {}, items });

  it('texts are taken for other namespaces only', async () => {
    expect(reasons(await readWith({ 'e.txt': text, 'ev/shop.json': list(event('shop')) }))).toEqual([
      'Recorded',
      'Killing',
    ]);
  });

  it('a list of all namespaces is believed, also where it has none of one', async () => {
    const all = list(event('shop'), event('test'));
    expect(reasons(await readWith({ 'e.txt': text, 'all.json': all }))).toEqual(['Recorded', 'Recorded']);
  });

  it('the same event in a table and a description is one, with what the description knows', async () => {
    const table =
      'LAST SEEN   TYPE      REASON      OBJECT               MESSAGE\n3m          Warning   Unhealthy   pod/web-5d7f-abcde   Readiness probe failed: refused\n';
    const text = described(['Name:   web-5d7f-abcde', 'Namespace:  shop', 'QoS Class:  BestEffort'], WARNING);
    const snapshot = await readWith({ 'a-describe.txt': text, 'b-events.txt': table });
    expect(told(snapshot)).toHaveLength(1);
    expect(told(snapshot)[0]).toContain('x12');
  });
});

describe('times of texts', () => {
  it('leave out what happened to an object that had the name before', async () => {
    const rows = (first: string): string =>
      [
        'LAST SEEN   TYPE      REASON        OBJECT               MESSAGE',
        '9m          Normal    Scheduled     pod/web-5d7f-abcde   x',
        `${first}         Warning   FailedMount   pod/db-0   x`,
      ].join('\n');
    const newDb = RECORDED.map((one) =>
      (one as { metadata: { name: string; namespace?: string } }).metadata.name === 'db-0'
        ? object('Pod', 'shop', 'db-0', { creationTimestamp: '2026-03-04T10:08:30Z' })
        : one,
    );
    expect(reasons(await readWith({ 'e.txt': rows('15m') }, newDb))).toEqual(['Scheduled']);
    expect(reasons(await readWith({ 'e.txt': rows('20s') }, newDb))).toEqual(['Scheduled', 'FailedMount']);
  });

  it('are not invented where nothing tells the time', async () => {
    const items = [{ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 'web' }, spec: {} }];
    const text = '5s   Warning   Failed   service/web   x\n';
    const snapshot = await readWith({ 'e.txt': text }, items);
    expect(snapshot.takenAt).toBe('');
    expect(told(snapshot)).toEqual(['shop Service shop/web Failed x0 -/- : x']);
  });
});

describe('texts alone', () => {
  it.each([
    [
      'events',
      'NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\nshop   5s   Warning   Failed   pod/web-1   x\n',
    ],
    ['a description', described(['Name:   web-1', 'Namespace:  shop', 'QoS Class:  BestEffort'], WARNING)],
    ['a table', 'NAME   READY   STATUS   AGE\nweb-1   0/1   Pending   1m\n'],
  ])('%s are no recording', async (_, text) => {
    files.write('t/one.txt', text);
    await expect(readSnapshots(['t'], { ...fakeRuntime(), cwd: files.path('') })).rejects.toMatchObject({
      name: 'SnapshotError',
      message: 'nothing in t can be used',
      hint: expect.stringMatching(/one\.txt: text as kubectl prints it for people; record it with kubectl get -o yaml/),
    });
  });
});
