import { describe, expect, it } from 'vitest';
import { connect } from '../kube/connect.ts';
import type { ClusterReader } from '../kube/ports.ts';
import type { KubeObject } from '../model/objects.ts';
import { startApiServer } from './api-server.ts';
import { fakeCluster } from './fake-cluster.ts';
import { fakeRuntime } from './fake-runtime.ts';

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'tls', namespace: 'shop', managedFields: [{ manager: 'a' }] },
  data: { 'tls.crt': Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'), password: 'eA==' },
};
const object = (kind: string, name: string, namespace?: string, labels = {}): KubeObject => ({
  apiVersion: kind === 'Ingress' ? 'networking.k8s.io/v1' : 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
});
const objects = [
  object('Pod', 'b', 'shop', { app: 'web' }),
  object('Pod', 'a', 'shop', { app: 'web' }),
  object('Pod', 'c', 'shop', { app: 'db' }),
  object('Pod', 'd', 'other', { app: 'web' }),
  object('Node', 'n1'),
  object('Ingress', 'web', 'shop'),
  secret,
];

/** The questions that both are asked; the answers must be the same. */
async function answers(reader: ClusterReader): Promise<unknown> {
  const all = await Promise.all([
    reader.list('Pod'),
    reader.list('Pod', { namespace: 'shop' }),
    reader.list('Pod', { namespace: 'shop', labelSelector: 'app in (web)' }),
    reader.list('Pod', { fieldSelector: 'metadata.name!=a' }),
    reader.list('Pod', { max: 2 }),
    reader.list('Pod', { namespace: 'kube-system' }),
    reader.list('Node', { namespace: 'shop' }),
    reader.list('Secret'),
    reader.list('Secret', { namespace: 'other' }),
    reader.list('Gateway'),
    reader.get('Pod', 'shop', 'a'),
    reader.get('Pod', 'other', 'a'),
    reader.get('Node', undefined, 'n1'),
    reader.get('Secret', 'shop', 'tls'),
    reader.get('Gateway', 'shop', 'a'),
    reader.logs('shop', 'a', { container: 'app' }),
    reader.logs('shop', 'gone', { container: 'app' }),
    reader.version(),
  ]);
  return all;
}

describe('a cluster in memory', () => {
  it('answers as a server does', async () => {
    const logs = { 'shop/a/app': 'hello\n' };
    const server = await startApiServer({
      objects,
      forbidden: ['pods@kube-system', 'secrets@other'],
      absent: ['Gateway'],
      logs,
    });
    const real = await connect({ server: server.url }, fakeRuntime({ stdin: '' }));
    const fake = fakeCluster(objects, { forbidden: ['Pod@kube-system', 'Secret@other'], absent: ['Gateway'], logs });
    expect(await answers(fake)).toEqual(await answers(real));
    real.close();
    await server.close();
  });

  it('knows a role in one namespace, and kinds that cannot be read', async () => {
    const fake = fakeCluster(objects, { onlyNamespace: 'shop', failed: { Ingress: 'broken' } });
    expect(await fake.list('Pod')).toMatchObject({
      status: 'forbidden',
      reason: 'forbidden: list pods in all namespaces',
    });
    expect(await fake.list('Pod', { namespace: 'shop' })).toMatchObject({ status: 'ok' });
    expect(await fake.get('Node', undefined, 'n1')).toMatchObject({ status: 'forbidden' });
    expect(await fake.list('Ingress', { namespace: 'shop' })).toEqual({ status: 'failed', reason: 'broken' });
  });

  it('refuses objects of kinds that nobody reads', () => {
    expect(() => fakeCluster([object('Unheard', 'a')])).toThrow('no kind');
  });
});
