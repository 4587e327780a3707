import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all, endpoints, ready } from '../faults/fault.ts';
import { app, svc } from '../faults/make.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { describeCluster, foreignKubeconfig, skipReason, testClusterName } from '../kit/cluster.ts';
import { runPlugin } from '../kit/plugin.ts';
import { expiredUser, type RestrictedUser, restrictedUser, type UserKind } from '../kit/users.ts';
import { answerOf, toldBy } from './answer.ts';

const foreign = foreignKubeconfig();
const reason = foreign === undefined ? skipReason() : undefined;
const NAMESPACE = 'rights';

describe.skipIf(reason !== undefined)(`few rights${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const kubeconfig = foreign ?? describeCluster(testClusterName).kubeconfig;
  let stage: Stage;
  const users = new Map<UserKind, RestrictedUser>();

  beforeAll(async () => {
    stage = await openStage(kubeconfig, NAMESPACE);
    await stage.apply([
      app('web'),
      svc('web'),
      app('lost', { labels: { app: 'lost' } }),
      svc('lost', { selector: { app: 'lots' } }),
    ]);
    await stage.until(all(ready(4), endpoints('web', 2)), 'ready');
    for (const kind of ['namespace-only', 'no-secrets', 'no-nodes', 'no-exec', 'nobody'] as const) {
      users.set(kind, await restrictedUser(kind, NAMESPACE, { kubeconfig }));
    }
  });

  afterAll(async () => {
    for (const user of users.values()) await user.undo();
    await stage?.close();
  });

  const ask = (kind: UserKind, ...words: string[]) =>
    runPlugin('netsvc', [...words, '-n', NAMESPACE, '-o', 'json'], { kubeconfig: users.get(kind)?.kubeconfig ?? '' });

  it.each(['namespace-only', 'no-secrets', 'no-nodes', 'no-exec'] as const)(
    '%s: a sound Service is healthy',
    async (kind) => {
      const run = await ask(kind, 'web');
      expect(answerOf(run).verdict, run.stdout).toBe('healthy');
      expect(run.exitCode).toBe(0);
    },
  );

  it.each(['namespace-only', 'no-secrets', 'no-nodes', 'no-exec'] as const)(
    '%s: the cause is found all the same',
    async (kind) => {
      const run = await ask(kind, 'lost');
      expect(toldBy(answerOf(run))).toContain('app=lots');
      expect(run.exitCode).toBe(1);
    },
  );

  it('says what namespace-only rights leave unseen', async () => {
    const { notChecked } = answerOf(await ask('namespace-only', 'web'));
    expect(JSON.stringify(notChecked)).toContain('forbidden');
  });

  it('with no rights at all it could not tell, and says which right is missing', async () => {
    const run = await ask('nobody', 'web');
    expect(run.exitCode).toBe(3);
    expect(run.stdout + run.stderr).toMatch(/forbidden/);
  });

  it.skipIf(foreign !== undefined)('with an expired certificate it says how to log in, in two lines', async () => {
    const user = await expiredUser(testClusterName, kubeconfig);
    try {
      const run = await runPlugin('netsvc', ['web', '-n', NAMESPACE], { kubeconfig: user.kubeconfig });
      expect(run.exitCode).toBe(3);
      expect(run.stderr).toMatch(/expired|log in|Unauthorized/i);
      expect(run.stderr).not.toMatch(/\n\s+at /);
    } finally {
      await user.undo();
    }
  });
});
