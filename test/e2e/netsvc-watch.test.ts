import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { all, endpoints, ready } from '../faults/fault.ts';
import { app, svc } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { freezeControlPlane } from '../kit/faults/machines.ts';
import { type RunningPlugin, startPlugin } from '../kit/plugin.ts';
import { during } from '../kit/undo.ts';

// One of these stops the API server for a while: only one of our own is treated so.
const reason =
  foreignKubeconfig() === undefined ? skipReason() : 'the cluster given by KUBECONFIG_E2E is not ours to break';
const NAMESPACE = 'watched';

describe.skipIf(reason !== undefined)(
  `a Service that is watched${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const cluster = describeCluster(testClusterName);
    const { kubeconfig } = cluster;
    let stage: Stage;
    let watching: RunningPlugin | undefined;

    beforeAll(async () => {
      stage = await openStage(kubeconfig, NAMESPACE);
      await stage.apply([app('web'), svc('web')]);
      await stage.until(all(ready(2), endpoints('web', 2)), 'ready');
    });

    afterEach(() => watching?.interrupt());
    afterAll(() => stage?.close());

    const select = (value: string): Promise<string> =>
      stage.kubectl(['patch', 'service', 'web', '--type=merge', '-p', `{"spec":{"selector":{"app":"${value}"}}}`]);

    it('comes back on the screen when it is mended; Ctrl-C ends it with 130', async () => {
      await select('wbe');
      watching = startPlugin('netsvc', ['web', '-w', '-n', NAMESPACE], { kubeconfig });
      await watching.until(({ stdout }) => /^BROKEN .*app=wbe/.test(stdout));
      await select('web');
      await watching.until(({ stdout }) => /\n\d\d:\d\d:\d\d {2}broken → healthy\nHEALTHY /.test(stdout));
      const before = watching.written().stdout;
      expect(await watching.interrupt()).toBe(130);
      expect(watching.written()).toEqual({ stdout: before, stderr: '' });
    });

    it('of many the one that broke is named', async () => {
      watching = startPlugin('netsvc', ['check', '-w', '-n', NAMESPACE], { kubeconfig });
      await watching.until(({ stdout }) => stdout.startsWith('HEALTHY'));
      await stage.apply([svc('other', { selector: { app: 'nobody' } })]);
      await watching.until(({ stdout }) => /\n\d\d:\d\d:\d\d {2}healthy → broken\nBROKEN .*other/.test(stdout));
      await stage.kubectl(['delete', 'service', 'other']);
      await watching.until(({ stdout }) => /broken → healthy\nHEALTHY /.test(stdout));
    });

    it('an API server that stops answering is told once, and when it is back', async () => {
      const line = ['web', '-w', '-n', NAMESPACE, '--request-timeout=2s'];
      const running = startPlugin('netsvc', line, { kubeconfig });
      watching = running;
      await running.until(({ stdout }) => stdout.startsWith('HEALTHY'));
      await during(freezeControlPlane(cluster, 'kube-apiserver'), () =>
        running.until(({ stderr }) => stderr.includes('no answer: ')),
      );
      await running.until(({ stderr }) => stderr.includes('answers again'));
      const { stderr } = running.written();
      expect(stderr.match(/^\d\d:\d\d:\d\d {2}no answer: .* within 2 s/gm)).toHaveLength(1);
      expect(await running.interrupt()).toBe(130);
    });
  },
);
