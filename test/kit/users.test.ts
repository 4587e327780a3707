import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../cluster/wait.ts';
import { skipReason, type TestCluster, testCluster } from './cluster.ts';
import { apply, testNamespace } from './manifests.ts';
import { execInPod, runKubectl } from './plugin.ts';
import { waitForPods } from './states.ts';
import type { Undo } from './undo.ts';
import { expiredUser, restrictedUser, type UserKind } from './users.ts';
import { probePod } from './workload.ts';

const reason = skipReason();

describe.skipIf(reason !== undefined)(`users with few rights${reason === undefined ? '' : ` (${reason})`}`, () => {
  let cluster: TestCluster;
  let namespace: string;
  let undo: Undo = async () => undefined;

  beforeAll(async () => {
    cluster = await testCluster();
    ({ name: namespace, undo } = await testNamespace('users', cluster));
    await apply(probePod(namespace, 'probe'), cluster);
    await waitForPods(namespace, 'app=probe', cluster);
  });

  afterAll(() => undo());

  /** What a user may do, asked by doing it. */
  async function powers(kubeconfig: string): Promise<Record<string, boolean>> {
    const may = async (...args: readonly string[]): Promise<boolean> =>
      (await runKubectl(args, { kubeconfig })).exitCode === 0;
    return {
      pods: await may('get', 'pods', '-n', namespace),
      elsewhere: await may('get', 'pods', '-n', 'kube-system'),
      nodes: await may('get', 'nodes'),
      secrets: await may('get', 'secrets', '-n', namespace),
      exec: (await execInPod({ namespace, name: 'probe' }, ['true'], kubeconfig)).exitCode === 0,
    };
  }

  test.each<[UserKind, Record<string, boolean>]>([
    ['namespace-only', { pods: true, elsewhere: false, nodes: false, secrets: true, exec: true }],
    ['no-secrets', { pods: true, elsewhere: true, nodes: true, secrets: false, exec: true }],
    ['no-nodes', { pods: true, elsewhere: true, nodes: false, secrets: true, exec: true }],
    ['no-exec', { pods: true, elsewhere: true, nodes: true, secrets: true, exec: false }],
    ['nobody', { pods: false, elsewhere: false, nodes: false, secrets: false, exec: false }],
  ])('%s', async (kind, expected) => {
    const user = await restrictedUser(kind, namespace, cluster);
    try {
      await waitFor('rights to take effect', async () => {
        expect(await powers(user.kubeconfig)).toEqual(expected);
        return true;
      });
    } finally {
      await user.undo();
    }
  });

  test('an expired client certificate is refused', async () => {
    const user = await expiredUser(cluster.name, cluster.kubeconfig);
    const { exitCode, stderr } = await runKubectl(['get', 'pods'], { kubeconfig: user.kubeconfig });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/expired|Unauthorized|logged in|provide credentials|certificate/i);
    await user.undo();
  });

  test('kubectl top has figures for nodes and pods', async () => {
    await waitFor('figures', async () => {
      const { stdout } = await runKubectl(['top', 'nodes', '--no-headers'], { kubeconfig: cluster.kubeconfig });
      return cluster.nodes.every((node) => stdout.includes(node)) && !stdout.includes('unknown');
    });
    // Pods that a fault before this test made anew have figures only after two scrapes.
    const pods = ['top', 'pods', '-n', 'kube-system', '--no-headers'];
    const told = async (): Promise<boolean> => {
      const { stdout } = await runKubectl(pods, { kubeconfig: cluster.kubeconfig });
      return stdout.includes('coredns');
    };
    await waitFor('figures of CoreDNS', told, { timeoutMs: 180_000, intervalMs: 2000 });
  });
});
