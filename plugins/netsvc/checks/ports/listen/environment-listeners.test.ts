import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../../../shared/model/cluster-index.ts';
import type { Container } from '../../../../../shared/model/objects-pod.ts';
import { snapshotOf } from '../../../../../shared/testing/builders.ts';
import { environmentOf } from './environment.ts';
import { listenersOfEnvironment } from './environment-listeners.ts';

const config = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web-config', namespace: 'shop' },
  data: { PORT: '7000', HOST: 'localhost' },
};

function heard(container: Container): readonly string[] {
  const index = createIndex(snapshotOf([config]));
  return listenersOfEnvironment(environmentOf(index, 'shop', container)).map(
    ({ host, port, role }) => `${role === 'side' ? '!' : ''}${host}:${port ?? '?'}`,
  );
}

const env = (values: Readonly<Record<string, string>>): Container => ({
  env: Object.entries(values).map(([name, value]) => ({ name, value })),
});

describe('listenersOfEnvironment', () => {
  const cases: readonly (readonly [values: Readonly<Record<string, string>>, listeners: readonly string[]])[] = [
    [{ PORT: '3000' }, ['untold:3000']],
    [{ LISTEN_ADDR: ':8080' }, ['any:8080']],
    [{ HTTP_ADDR: '127.0.0.1:8080' }, ['loopback:8080']],
    [{ HOST: '127.0.0.1', PORT: '8080' }, ['loopback:8080']],
    [{ HOST: 'localhost' }, ['loopback:?']],
    [{ ASPNETCORE_URLS: 'http://+:5000' }, ['any:5000']],
    [{ JAVA_OPTS: '-Xmx1g -Dserver.port=9090' }, ['untold:9090']],
    [{ BASE: '80', PORT: '$(BASE)90' }, ['untold:8090']],
    [{ DB_PORT: '5432', DB_HOST: 'localhost', REDIS_PORT: 'tcp://10.0.0.1:6379' }, []],
    [{ HOST: 'api.example.com' }, []],
  ];
  for (const [values, expected] of cases) {
    it(`hears ${expected.join(', ') || 'nothing'} in ${JSON.stringify(values)}`, () => {
      expect(heard(env(values))).toEqual(expected);
    });
  }

  it('follows ConfigMaps, whole and by key, and leaves Secrets unknown', () => {
    expect(heard({ envFrom: [{ configMapRef: { name: 'web-config' } }] })).toEqual(['loopback:7000']);
    expect(
      heard({ env: [{ name: 'PORT', valueFrom: { configMapKeyRef: { name: 'web-config', key: 'PORT' } } }] }),
    ).toEqual(['untold:7000']);
    expect(heard({ env: [{ name: 'PORT', valueFrom: { secretKeyRef: { name: 's', key: 'PORT' } } }] })).toEqual([]);
  });
});
