import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Snapshot, seen } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { readSnapshots } from './read-snapshot.ts';

const BUNDLES = join(import.meta.dirname, '../../../shared/cases/bundles');
const read = (name: string): Promise<Snapshot> => readSnapshots([join(BUNDLES, name)], fakeRuntime());

// Recordings of real clusters by other programs; they lie beside the repository, not in it.
describe.skipIf(!existsSync(BUNDLES))('real bundles (skipped where ../shared/cases/bundles is absent)', () => {
  it('of troubleshoot.sh: services and policies are proven, endpoints were not collected', async () => {
    const bundle = await read('support-bundle.tar.gz');
    expect(bundle).toMatchObject({ serverVersion: 'v1.24.4+k3s1', takenAt: '2022-12-21T16:43:09.000Z', problems: [] });
    expect(bundle.objects.Service).toHaveLength(4);
    expect(bundle.objects.Pod).toHaveLength(8);
    for (const kind of ['Service', 'Pod', 'NetworkPolicy', 'Ingress', 'Deployment'] as const) {
      expect(seen(bundle, kind, 'default')).toMatchObject({ status: 'ok', whole: true });
      expect(seen(bundle, kind, '*').status).toBe('ok');
    }
    for (const kind of ['EndpointSlice', 'Endpoints', 'DaemonSet', 'ConfigMap'] as const) {
      expect(seen(bundle, kind, 'default').status).toBe('notCollected');
    }
    expect(bundle.logs.filter((log) => log.pod === 'coredns-b96499967-tncf4').map((log) => log.previous)).toEqual([
      false,
      true,
    ]);
  });

  it('of must-gather: namespaces are proven one by one', { timeout: 120_000 }, async () => {
    const bundle = await read('must-gather-azure.tar.gz');
    expect(bundle).toMatchObject({ takenAt: '2021-09-13T15:34:43.000Z', problems: [] });
    expect(bundle.objects.Pod).toHaveLength(237);
    expect(bundle.objects.Node).toHaveLength(6);
    expect(seen(bundle, 'EndpointSlice', 'openshift-dns')).toMatchObject({ status: 'ok', whole: true });
    expect(seen(bundle, 'Pod', '*').status).toBe('notCollected');
    expect(seen(bundle, 'Node', '*')).toMatchObject({ status: 'ok', whole: true });
    expect(bundle.logs.some((log) => log.namespace === 'openshift-dns' && log.container === 'dns')).toBe(true);
    expect(JSON.stringify(bundle.objects.Secret)).not.toMatch(/bytes long|PRIVATE KEY/);
  });
});
