import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../../testing/fake-runtime.ts';
import { tempFolder, writeIn } from '../../testing/kubeconfig.ts';
import { findInCluster } from './in-cluster.ts';

const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

describe('a pod', () => {
  it('is known by its service account and the address of the API server', async () => {
    const folder = tempFolder();
    const find = (variables: Readonly<Record<string, string>>) =>
      findInCluster(fakeRuntime({ env: variables }), folder);
    expect(await find(env)).toBeUndefined();
    writeIn(folder, 'token', 't');
    expect(await find({})).toBeUndefined();
    expect(await find(env)).toEqual({
      cluster: { name: 'in-cluster', server: 'https://[fd00::1]:443', insecure: false, disableCompression: false },
      user: { name: 'service account', tokenFile: `${folder}/token`, impersonate: { groups: [], extra: {} } },
    });
  });

  it('has the namespace of POD_NAMESPACE, else of its service account', async () => {
    const folder = tempFolder();
    writeIn(folder, 'token', 't');
    writeIn(folder, 'ca.crt', 'x');
    writeIn(folder, 'namespace', 'shop\n');
    const find = (variables: Readonly<Record<string, string>>) =>
      findInCluster(fakeRuntime({ env: variables }), folder);
    expect(await find(env)).toMatchObject({ namespace: 'shop', cluster: { caFile: `${folder}/ca.crt` } });
    expect(await find({ ...env, POD_NAMESPACE: 'other' })).toMatchObject({ namespace: 'other' });
  });
});
