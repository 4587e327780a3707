import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, endpoints, ready } from '../faults/fault.ts';
import { app, svc } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { freezeControlPlane, stopKubelet } from '../kit/faults/machines.ts';
import { runPlugin } from '../kit/plugin.ts';
import { during } from '../kit/undo.ts';
import { answerOf, toldBy } from './answer.ts';

// These faults touch the whole cluster: only one of our own is treated so.
const reason =
  foreignKubeconfig() === undefined ? skipReason() : 'the cluster given by KUBECONFIG_E2E is not ours to break';
const NAMESPACE = 'stalls';

describe.skipIf(reason !== undefined)(
  `a cluster that is ill itself${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const cluster = describeCluster(testClusterName);
    const { kubeconfig } = cluster;
    let stage: Stage;

    beforeAll(async () => {
      stage = await openStage(kubeconfig, NAMESPACE);
      await stage.apply([
        app('web'),
        svc('web'),
        app('pinned', { replicas: 1, pod: { nodeName: cluster.nodes[1] ?? '' } }),
        svc('pinned'),
      ]);
      await stage.until(all(ready(3), endpoints('web', 2), endpoints('pinned', 1)), 'ready');
    });

    afterAll(async () => {
      await stage?.close();
    });

    it('an API server that stalls: ends after the request time-out, names the server, exit 3', async () => {
      const run = await during(freezeControlPlane(cluster, 'kube-apiserver'), () =>
        runPlugin('netsvc', ['web', '-n', NAMESPACE, '--request-timeout=2s'], { kubeconfig, timeoutMs: 60_000 }),
      );
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toMatch(/did not (accept a connection|answer) within 2 s/);
      expect(run.stderr).not.toMatch(/\n\s+at /);
    });

    it('etcd that stalls: could not tell, never "healthy" and never "broken"', async () => {
      const run = await during(freezeControlPlane(cluster, 'etcd'), () =>
        runPlugin('netsvc', ['web', '-n', NAMESPACE, '--request-timeout=2s'], { kubeconfig, timeoutMs: 60_000 }),
      );
      expect(run.exitCode).toBe(3);
    });

    it('after the stall the same question is answered: healthy', async () => {
      const run = await runPlugin('netsvc', ['web', '-n', NAMESPACE, '-o', 'json'], { kubeconfig });
      expect(answerOf(run).verdict).toBe('healthy');
    });

    it('a node whose kubelet stopped is named as the cause for the pods on it', { timeout: 300_000 }, async () => {
      const node = cluster.nodes[1] ?? '';
      const answer = await during(stopKubelet(cluster, node), async () => {
        await stage.until(endpoints('pinned', 0), 'without endpoint');
        return answerOf(await runPlugin('netsvc', ['pinned', '-n', NAMESPACE, '-o', 'json'], { kubeconfig }));
      });
      expect(answer.verdict).toBe('broken');
      expect(toldBy(answer)).toContain(node);
      await stage.until(endpoints('pinned', 1), 'healed', 120);
      const healed = await runPlugin('netsvc', ['pinned', '-n', NAMESPACE, '-o', 'json'], { kubeconfig });
      expect(answerOf(healed).verdict).toBe('healthy');
    });
  },
);
