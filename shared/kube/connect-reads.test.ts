import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/objects.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { base64 } from '../testing/kubeconfig.ts';
import { connect } from './connect.ts';
import type { RequestNote } from './http/transport.ts';
import type { ClusterReader } from './ports.ts';

const pods: readonly KubeObject[] = Array.from({ length: 1234 }, (_, index) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `web-${String(index).padStart(4, '0')}`,
    namespace: index < 1200 ? 'shop' : 'kube-system',
    labels: { app: index % 2 === 0 ? 'web' : 'db' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', team: 'a' },
    managedFields: [{ manager: 'kubectl', operation: 'Update' }],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'web', volumeMounts: [{ name: 'data' }] }] },
}));

const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: {} };

let server: ApiServer;
let reader: ClusterReader;

async function start(options: Parameters<typeof startApiServer>[0] = {}): Promise<void> {
  server = await startApiServer({ objects: [...pods, service], ...options });
  reader = await connect({ server: server.url, namespace: 'shop' }, fakeRuntime({ stdin: '' }));
}

describe('reading a cluster', () => {
  beforeEach(() => start());
  afterEach(async () => {
    reader.close();
    await server.close();
  });

  it('reads all pages of a list and leaves out what nobody reads', async () => {
    const result = await reader.list('Pod');
    if (result.status !== 'ok') throw new Error(result.reason);
    expect(result.value).toHaveLength(1234);
    expect(result.truncated).toBeUndefined();
    expect(result.value[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web-1200',
        namespace: 'kube-system',
        labels: { app: 'web' },
        annotations: { team: 'a' },
      },
      spec: { nodeName: 'n1', containers: [{ name: 'web' }] },
    });
    expect(server.seen.map(({ url }) => url.replace(/=.*/, ''))).toEqual(Array(3).fill('/api/v1/pods?limit'));
  });

  it('asks compressed and counts requests and bytes on the wire', async () => {
    await reader.list('Pod');
    expect(server.seen[0]?.headers['accept-encoding']).toBe('gzip');
    expect(reader.stats().requests).toBe(3);
    expect(reader.stats().bytes).toBeGreaterThan(0);
    expect(reader.stats().bytes).toBeLessThan(JSON.stringify(pods).length / 4);
  });

  it('reads kinds side by side over connections that it keeps', async () => {
    await Promise.all([reader.list('Pod'), reader.list('Service'), reader.list('Node'), reader.version()]);
    await reader.get('Service', 'shop', 'web');
    const connections = new Set(server.seen.map(({ connection }) => connection));
    expect(connections.size).toBeGreaterThan(1);
    expect(connections.size).toBeLessThanOrEqual(4);
  });

  it('passes selectors on and reads one namespace only', async () => {
    const result = await reader.list('Pod', { namespace: 'kube-system', labelSelector: 'app in (web),app!=db' });
    expect(result.status === 'ok' && result.value).toHaveLength(17);
    const named = await reader.list('Pod', { namespace: 'shop', fieldSelector: 'metadata.name=web-0007' });
    expect(named.status === 'ok' && named.value.map((pod) => pod.metadata?.name)).toEqual(['web-0007']);
  });

  it('stops at the number of objects that was asked for and says so', async () => {
    const result = await reader.list('Pod', { max: 600 });
    expect(result).toMatchObject({ status: 'ok', truncated: true });
    expect(result.status === 'ok' && result.value).toHaveLength(600);
    const all = await reader.list('Pod', { namespace: 'kube-system', max: 34 });
    expect(all.status === 'ok' && all.truncated).toBeFalsy();
  });

  it('keeps managedFields, or every field, when asked to', async () => {
    const one = { namespace: 'kube-system', max: 1 } as const;
    const changed = await reader.list('Pod', { ...one, managedFields: true });
    expect(changed.status === 'ok' && changed.value[0]?.metadata?.managedFields?.[0]?.manager).toBe('kubectl');
    // A single object is small, and who changed it last is what one looks at it for.
    const named = await reader.get('Pod', 'kube-system', 'web-1200');
    expect(named.status === 'ok' && named.value.metadata?.managedFields).toHaveLength(1);
    const whole = await reader.list('Pod', { ...one, everything: true });
    expect(JSON.stringify(whole)).toContain('volumeMounts');
  });

  it('tells a missing object from a missing kind', async () => {
    expect(await reader.get('Service', 'shop', 'wep')).toEqual({
      status: 'notFound',
      reason: 'not found: services "wep" in namespace shop',
    });
    await server.close();
    await start({ absent: ['CiliumNetworkPolicy'] });
    expect(await reader.list('CiliumNetworkPolicy')).toEqual({
      status: 'absent',
      reason: 'the server has no ciliumnetworkpolicies.cilium.io',
    });
    expect(await reader.get('CiliumNetworkPolicy', 'shop', 'x')).toMatchObject({ status: 'absent' });
  });

  it('says what was refused, in the words of kubectl', async () => {
    await server.close();
    await start({ forbidden: ['nodes', 'pods@*', 'pods@kube-system', 'secrets'] });
    expect(await reader.list('Node')).toEqual({ status: 'forbidden', reason: 'forbidden: list nodes' });
    expect(await reader.list('Pod')).toEqual({ status: 'forbidden', reason: 'forbidden: list pods in all namespaces' });
    expect(await reader.list('Pod', { namespace: 'kube-system' })).toEqual({
      status: 'forbidden',
      reason: 'forbidden: list pods in namespace kube-system',
    });
    expect(await reader.get('Secret', 'shop', 'web-tls')).toEqual({
      status: 'forbidden',
      reason: 'forbidden: get secrets "web-tls" in namespace shop',
    });
    expect(await reader.list('Pod', { namespace: 'shop' })).toMatchObject({ status: 'ok' });
  });

  it('reads logs, and knows that a container has not run before', async () => {
    await server.close();
    await start({ logs: { 'shop/web-0001/web': 'listening on 127.0.0.1:8080\n' } });
    const log = await reader.logs('shop', 'web-0001', { container: 'web', tailLines: 20 });
    expect(log).toEqual({ status: 'ok', value: 'listening on 127.0.0.1:8080\n' });
    expect(server.seen[0]?.url).toContain('tailLines=20');
    expect(await reader.logs('shop', 'web-0001', { container: 'web', previous: true })).toMatchObject({
      status: 'notFound',
    });
    expect(await reader.logs('shop', 'gone', { container: 'web' })).toMatchObject({ status: 'notFound' });
  });

  it('finds a kind that is served in an older version only, and reads it in the form of today', async () => {
    await server.close();
    const served = { Ingress: { group: 'extensions', version: 'v1beta1' } };
    const ingress = {
      apiVersion: 'extensions/v1beta1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { rules: [{ http: { paths: [{ path: '/', backend: { serviceName: 'web', servicePort: 80 } }] } }] },
    };
    await start({ objects: [ingress], served });
    const result = await reader.list('Ingress', { namespace: 'shop' });
    expect(result.status === 'ok' && result.value[0]?.spec?.rules?.[0]?.http?.paths?.[0]?.backend).toEqual({
      service: { name: 'web', port: { number: 80 } },
    });
    await reader.get('Ingress', 'shop', 'web');
    expect(server.seen.filter(({ url }) => url.includes('networking'))).toHaveLength(2);
  });

  it('reads the version, and the clock of the server', async () => {
    await server.close();
    await start({ date: new Date('2026-03-01T12:10:00Z') });
    expect(reader.clockOffset()).toBe(0);
    expect(await reader.version()).toEqual({ status: 'ok', value: 'v1.34.4' });
    expect(Math.round(reader.clockOffset() / 60_000)).toBe(10);
  });

  it('keeps a path in the server address', async () => {
    await server.close();
    await start({ basePath: '/k8s/clusters/c-1' });
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(server.seen[0]?.url).toBe('/k8s/clusters/c-1/api/v1/services?limit=500');
    expect(reader.server).toBe(server.url);
  });

  it('asked again has learnt nothing, and asks over the same connection', async () => {
    expect(await reader.list('Service')).toMatchObject({ status: 'ok' });
    expect(await reader.again().list('Service')).toMatchObject({ status: 'ok' });
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1]);
    server.play({ do: 'answer', status: 200, body: 'Please log in' });
    expect(await reader.list('Service')).toMatchObject({ status: 'failed' });
    await expect(reader.again().list('Service')).rejects.toMatchObject({ kind: 'protocol' });
  });

  it('tells every request to who wants to know, without headers', async () => {
    const notes: RequestNote[] = [];
    const told = await connect({ server: server.url }, fakeRuntime({ stdin: '' }), {
      version: '1.2.3',
      onRequest: (note) => notes.push(note),
    });
    await told.list('Service');
    told.close();
    expect(notes).toMatchObject([{ method: 'GET', url: `${server.url}/api/v1/services?limit=500`, status: 200 }]);
    expect(server.seen.at(-1)?.headers['user-agent']).toBe('kubectl-net/1.2.3');
  });
});

describe('secrets', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'web-tls',
      namespace: 'shop',
      annotations: { 'acme/copy': 'secret', 'cert-manager.io/common-name': 'a' },
    },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': base64('-----BEGIN CERTIFICATE-----'),
      'tls.key': base64('hunter2'),
      password: base64('secret'),
    },
  };

  it('lose their values in a list, and keep only certificate and key when asked for by name', async () => {
    await start({ objects: [secret] });
    const list = await reader.list('Secret', { everything: true });
    expect(list.status === 'ok' && list.value[0]?.data).toEqual({ 'tls.crt': '', 'tls.key': '', password: '' });
    expect(list.status === 'ok' && list.value[0]?.type).toBe('kubernetes.io/tls');
    const one = await reader.get('Secret', 'shop', 'web-tls');
    expect(one.status === 'ok' && one.value.data).toEqual({
      'tls.crt': base64('-----BEGIN CERTIFICATE-----'),
      'tls.key': base64('not PEM'),
      password: '',
    });
    expect(one.status === 'ok' && one.value.metadata?.annotations).toEqual({ 'cert-manager.io/common-name': 'a' });
    reader.close();
    await server.close();
  });
});
