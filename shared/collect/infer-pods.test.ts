import { describe, expect, it } from 'vitest';
import { seen } from '../model/snapshot.ts';
import { deployment, pod, service, slicesFor } from '../testing/builders.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { readSnapshots } from './read-snapshot.ts';

async function podsSeen(items: readonly object[]): Promise<string> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const snapshot = await readSnapshots(['-'], fakeRuntime({ stdin }));
  return seen(snapshot, 'Pod', 'shop').status;
}

const web = service('web');
const none = slicesFor(web, []);
const idle = { ...deployment('web', { app: 'web' }, { replicas: 0 }), status: { observedGeneration: 1 } };

describe('a list without pods', () => {
  it('proves that there are none when the controllers count none', async () => {
    expect(await podsSeen([web, ...none, idle])).toBe('ok');
  });

  it('proves nothing when a Deployment counts pods: they were only not asked for', async () => {
    expect(await podsSeen([web, ...none, deployment('web')])).toBe('notCollected');
  });

  it('proves nothing when an endpoint stands for a pod', async () => {
    expect(await podsSeen([web, ...slicesFor(web, [pod('web-1')]), idle])).toBe('notCollected');
  });

  it('proves nothing when it holds only the Service', async () => {
    expect(await podsSeen([web])).toBe('notCollected');
  });

  it('proves nothing when the manifests were never applied', async () => {
    const { status: _, ...manifest } = deployment('web');
    expect(await podsSeen([web, { ...manifest, metadata: { name: 'web', namespace: 'shop' } }])).toBe('notCollected');
  });
});
