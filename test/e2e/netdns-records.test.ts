import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../cluster/api.ts';
import { images } from '../cluster/build/images.ts';
import { skipReason, type TestCluster, testCluster } from '../kit/cluster.ts';
import { addOddServer } from '../kit/faults/dns.ts';
import { apply, testNamespace } from '../kit/manifests.ts';
import { runPlugin } from '../kit/plugin.ts';
import { randomServices } from '../kit/random-services.ts';
import { waitForEndpoints, waitForPods, waitForRollout } from '../kit/states.ts';
import { during, type Undo } from '../kit/undo.ts';
import { type Answer, answerOf } from './answer.ts';

const reason = skipReason();
const seed = Number(process.env.DNS_SEED ?? Date.now() % 1_000_000);
const COUNT = 40;

/** What `records` says beside its report. */
interface RecordsAnswer extends Answer {
  readonly exit: number;
  readonly records: readonly { readonly name: string; readonly type: string; readonly data: string }[];
  readonly differences: readonly object[];
  readonly servers: readonly object[];
}

describe.skipIf(reason !== undefined)(
  `promised records are what every server serves, seed ${seed} (DNS_SEED repeats it)${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let cluster: TestCluster;
    let namespace: string;
    let undo: Undo;

    beforeAll(async () => {
      cluster = await testCluster();
      const space = await testNamespace('records', cluster);
      namespace = space.name;
      undo = space.undo;
      await apply([...workloads(namespace), ...randomServices(namespace, COUNT, seed).objects], cluster);
      await waitForRollout('statefulsets', namespace, 'db', cluster);
      await waitForPods(namespace, 'app=ready', cluster);
      await waitForEndpoints(namespace, 'db', 2, cluster);
    });

    afterAll(async () => await undo?.());

    const ask = async (...words: readonly string[]): Promise<RecordsAnswer> => {
      const run = await runPlugin('netdns', ['records', ...words, '--live', '-o', 'json'], cluster);
      return { ...(answerOf(run) as RecordsAnswer), exit: run.exitCode };
    };

    /** Pods become ready and servers hear of it a moment later: what lasts is what counts. */
    const settled = async (...words: readonly string[]): Promise<RecordsAnswer> => {
      let answer = await ask(...words);
      for (let round = 0; round < 10 && answer.differences.length > 0; round++) {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        answer = await ask(...words);
      }
      return answer;
    };

    it('of random Services of every kind, and of the whole cluster', async () => {
      const answer = await settled('--all');
      expect(answer.differences).toEqual([]);
      expect(answer).toMatchObject({ verdict: 'healthy', exit: 0, causes: [], notChecked: [] });
      expect(answer.servers.length).toBeGreaterThanOrEqual(2);
      const types = new Set(answer.records.map(({ type }) => type));
      expect([...types].sort()).toEqual(expect.arrayContaining(['A', 'CNAME', 'PTR', 'SRV', 'TXT']));
    });

    it('of pods of a StatefulSet: by their own names, back from their addresses, by their addresses', async () => {
      const answer = await settled('pod/db-0', '-n', namespace);
      expect(answer).toMatchObject({ verdict: 'healthy', exit: 0, differences: [] });
      const name = `db-0.db.${namespace}.svc.cluster.local`;
      expect(answer.records).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name, type: 'A' }),
          expect.objectContaining({ type: 'PTR', data: name }),
          expect.objectContaining({ name: `_sql._tcp.db.${namespace}.svc.cluster.local`, data: `0 0 5432 ${name}` }),
          expect.objectContaining({ name: expect.stringMatching(`^[0-9-]+\\.${namespace}\\.pod\\.cluster\\.local$`) }),
        ]),
      );
    });

    it('and a server with another Corefile is the one that is named', async () => {
      await during(addOddServer(cluster), async () => {
        const answer = await ask('--all', '-n', namespace);
        expect(answer).toMatchObject({ verdict: 'broken', exit: 1 });
        expect(answer.causes.map(({ subject }) => subject)).toEqual([
          { kind: 'Pod', namespace: 'kube-system', name: 'coredns-odd' },
        ]);
        expect(answer.headline).toContain('coredns-odd differs');
      });
    });
  },
);

/** Pods that are ready, that are not, both behind one label, and a StatefulSet with its Service. */
function workloads(namespace: string): readonly KubeObject[] {
  return [
    pod(namespace, 'ready-1', 'ready', true),
    pod(namespace, 'ready-2', 'ready', true),
    pod(namespace, 'unready', 'unready', false),
    pod(namespace, 'mixed-1', 'mixed', true),
    pod(namespace, 'mixed-2', 'mixed', false),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'db', namespace },
      spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'sql', port: 5432 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace },
      spec: {
        serviceName: 'db',
        replicas: 2,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: podSpec(true) },
      },
    },
  ];
}

function pod(namespace: string, name: string, app: string, ready: boolean): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app } }, spec: podSpec(ready) };
}

function podSpec(ready: boolean): object {
  const never = { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 60 } };
  return {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image: images.web, ...(ready ? {} : never) }],
  };
}
