import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipReason, type TestCluster, testCluster } from '../kit/cluster.ts';
import { testNamespace } from '../kit/manifests.ts';
import { type PluginRun, runPlugin } from '../kit/plugin.ts';
import { allOf, type Undo } from '../kit/undo.ts';
import { type RestrictedUser, restrictedUser, type UserKind } from '../kit/users.ts';
import { answerOf } from './answer.ts';

const reason = skipReason();

/** None of these may ask for pages of pods through the API server (pods/proxy). */
const KINDS = ['no-secrets', 'no-exec', 'no-nodes', 'namespace-only', 'nobody'] as const;

describe.skipIf(reason !== undefined)(
  `netdns with few rights${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let cluster: TestCluster;
    let undo: Undo;
    const users = new Map<UserKind, RestrictedUser>();

    beforeAll(async () => {
      cluster = await testCluster();
      const space = await testNamespace('few', cluster);
      undo = space.undo;
      for (const kind of KINDS) {
        const user = await restrictedUser(kind, space.name, cluster);
        users.set(kind, user);
        undo = allOf(undo, user.undo);
      }
    });

    afterAll(async () => await undo?.());

    const ask = (kind: UserKind, ...words: readonly string[]): Promise<PluginRun> =>
      runPlugin('netdns', words, { kubeconfig: users.get(kind)?.kubeconfig ?? '' });

    const unseen = (run: PluginRun): string => JSON.stringify(answerOf(run).notChecked);

    it('an administrator gets silence about a sound cluster, and no more than the one gap that there is', async () => {
      const run = await runPlugin('netdns', ['check', '-o', 'json'], cluster);
      const answer = answerOf(run);
      expect(run.exitCode, run.stdout).toBe(0);
      expect(answer).toMatchObject({ verdict: 'healthy', causes: [] });
      for (const { check } of answer.notChecked) expect(check).toBe('way from pods');
    });

    it('a name that every cluster has resolves', async () => {
      const run = await runPlugin('netdns', ['kubernetes.default', '-o', 'json'], cluster);
      expect(answerOf(run), run.stdout).toMatchObject({ verdict: 'healthy', causes: [] });
      expect(run.exitCode).toBe(0);
    });

    it('without pods/proxy pages come through a port-forward', async () => {
      const run = await ask('no-secrets', 'check', '-o', 'json');
      expect(run.exitCode, run.stdout).toBe(0);
      expect(answerOf(run).verdict).toBe('healthy');
      expect(unseen(run)).not.toContain('metrics');
    });

    it('without both the objects and logs tell, and each way that was refused is named', async () => {
      const run = await ask('no-exec', 'check', '-o', 'json');
      expect(run.exitCode, run.stdout).toBe(0);
      expect(answerOf(run).verdict).toBe('healthy');
      expect(unseen(run)).toMatch(/get pods\/portforward in namespace kube-system/);
      expect(unseen(run)).toMatch(/get pods\/proxy/);
      const name = await ask('no-exec', 'kubernetes.default');
      expect(name.exitCode, name.stdout).toBe(0);
      expect(name.stdout).toContain('kubernetes.default resolves to');
      expect(name.stdout).toMatch(/\? answers of .*forbidden/s);
      const live = await ask('no-exec', 'records', 'kubernetes', '-n', 'default', '--live');
      expect(live.exitCode).toBe(3);
      expect(live.stdout).toContain('get pods/portforward');
    });

    it('without nodes the verdict stands, and the right that is missing is named', async () => {
      const run = await ask('no-nodes', 'check', '-o', 'json');
      expect(answerOf(run).verdict, run.stdout).toBe('healthy');
      expect(unseen(run)).toContain('list nodes');
    });

    it.each(['namespace-only', 'nobody'] as const)(
      '%s: it could not tell, and says which rights are missing',
      async (kind) => {
        const run = await ask(kind, 'check', '-o', 'json');
        expect(run.exitCode, run.stdout).toBe(3);
        expect(answerOf(run)).toMatchObject({ verdict: 'unknown', causes: [] });
        expect(unseen(run)).toContain('list configmaps in namespace kube-system');
        const name = await ask(kind, 'kubernetes.default');
        expect(name.exitCode, name.stdout).toBe(3);
        expect(name.stdout).not.toContain('Better');
        const records = await ask(kind, 'records', 'kubernetes', '-n', 'default', '--live');
        expect(records.exitCode, records.stderr).toBe(3);
        expect(records.stderr).toContain('forbidden: list services in namespace default');
      },
    );
  },
);
