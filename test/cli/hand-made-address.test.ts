import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { node, pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { slice } from '../../shared/testing/endpoint-builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, targetPort: 5432 }] });
const toPod = slice('db-1', { service: 'db', addresses: ['10.244.1.99'], ports: [{ name: '', port: 5432 }] });

function ask(objects: Parameters<typeof fakeCluster>[0], forbidden: readonly string[] = []) {
  const cluster = fakeCluster([db, toPod, node('n1'), ...objects], { namespace: 'shop', forbidden });
  return runCli(netsvc, 'db', { world: { connect: async () => cluster } });
}

describe('an address written by hand in a namespace without pods', () => {
  it('is a fault when the API server knows no pod with it', async () => {
    const { stdout, exit } = await ask([]);
    expect(stdout).toContain('SVC505');
    expect(stdout).toContain('no pod has address 10.244.1.99');
    expect(exit).toBe(1);
  });

  it('is none when a pod of another namespace has it', async () => {
    const { stdout, exit } = await ask([
      pod('pg-0', { namespace: 'data', ip: '10.244.1.99', ports: [{ containerPort: 5432 }] }),
    ]);
    expect(stdout).not.toContain('SVC505');
    expect(exit).toBe(0);
  });

  it('is not judged where the pods of other namespaces may not be listed', async () => {
    const { stdout } = await ask([], ['Pod@*']);
    expect(stdout).not.toContain('SVC505');
  });
});

describe('an address written by hand beside the pods that a selector finds', () => {
  const web = service('web', { selector: { app: 'web' } });
  const own = pod('web-1', { labels: { app: 'web' }, ip: '10.244.1.5' });
  const left = slice('web-old', {
    service: 'web',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.244.1.99'] }],
  });
  const askWeb = (objects: Parameters<typeof fakeCluster>[0], forbidden: readonly string[] = []) => {
    const all = [web, own, ...slicesFor(web, [own]), left, node('n1'), ...objects];
    const cluster = fakeCluster(all, { namespace: 'shop', forbidden });
    return runCli(netsvc, 'web', { world: { connect: async () => cluster } });
  };

  it('is a fault when the API server knows no pod with it', async () => {
    const { stdout, exit } = await askWeb([]);
    expect(stdout).toContain('SVC515');
    expect(stdout).toContain('no pod has address 10.244.1.99');
    expect(exit).toBe(1);
  });

  it('is a note when a pod of another namespace has it, and where pods may not be listed', async () => {
    const taken = await askWeb([pod('web-9', { namespace: 'stage', ip: '10.244.1.99' })]);
    expect(taken.exit).toBe(0);
    const blind = await askWeb([], ['Pod@*']);
    expect(blind.exit).toBe(0);
  });
});
