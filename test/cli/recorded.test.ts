import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import { deployment, NOW, namespace, networkPolicy, pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

interface Answers {
  readonly live: string;
  readonly recorded: string;
}

/** What `netsvc web -n shop` says on a cluster, and on a recording of namespace `shop` alone. */
async function answers(
  objects: readonly KubeObject[],
  logs: Readonly<Record<string, string>> = {},
  question = 'web',
): Promise<Answers> {
  const world = { connect: async () => fakeCluster(objects, { namespace: 'shop', logs }) };
  const file = files.path('recording.tar.gz');
  const recording = await runCli(netsvc, `snapshot -n shop -o ${file}`, { now: NOW, world });
  expect(recording.exit, recording.stderr).toBe(0);
  const ask = async (more: string): Promise<string> => {
    const { stdout } = await runCli(netsvc, `${question} -o json ${more}`, { now: NOW, world });
    const { verdict, causes, items } = JSON.parse(stdout);
    // Lines to paste ask the recording again where it was asked: the one difference there must be.
    return JSON.stringify({ verdict, causes, items }, undefined, 1).replaceAll(` --snapshot ${file}`, '');
  };
  // A recording knows which namespace it is of.
  return { live: await ask('-n shop'), recorded: await ask(`--snapshot ${file}`) };
}

const crashing: Partial<NonNullable<Pod['status']>> = {
  containerStatuses: [
    {
      name: 'app',
      ready: false,
      restartCount: 7,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  ],
};

const namespaces = [namespace('shop'), namespace('data')];
const web = [service('web'), deployment('web', { app: 'web' })];

describe('a recording of one namespace gives the answer of the cluster', () => {
  it('where the pods wait for a Service of another namespace', async () => {
    const waiting = pod('web-1', { ready: false, status: crashing });
    const broken = pod('db-1', { namespace: 'data', labels: { app: 'db' }, ready: false, status: crashing });
    const db = service('db', { selector: { app: 'db' } }, { namespace: 'data' });
    const { live, recorded } = await answers([...namespaces, ...web, waiting, broken, db, ...slicesFor(db, [broken])], {
      'shop/web-1/app.previous': 'lookup db.data: ok; dial tcp db.data:5432: connection refused\n',
    });
    expect(live).toContain('data/db');
    expect(recorded).toBe(live);
  });

  it('where the pods wait for a Service that another namespace does not have', async () => {
    const waiting = pod('web-1', { ready: false, status: crashing });
    const { live, recorded } = await answers(
      [...namespaces, ...web, waiting, service('db', {}, { namespace: 'data' })],
      { 'shop/web-1/app.previous': 'dial tcp: lookup dbs.data on 10.96.0.10:53: no such host\n' },
    );
    expect(live).toContain('there is no Service dbs in namespace data');
    expect(recorded).toBe(live);
  });

  it('where it is an alias of a Service of another namespace', async () => {
    const broken = pod('db-1', { namespace: 'data', labels: { app: 'db' }, ready: false, status: crashing });
    const db = service('db', { selector: { app: 'db' } }, { namespace: 'data' });
    const alias = service('web', { type: 'ExternalName', externalName: 'db.data.svc.cluster.local' });
    const { live, recorded } = await answers([...namespaces, alias, broken, db, ...slicesFor(db, [broken])], {
      'data/db-1/app.previous': 'FATAL: no space left on device\n',
    });
    expect(live).toContain('no space left');
    expect(recorded).toBe(live);
  });

  it('where a policy lets in pods of another namespace that have other labels', async () => {
    const peer = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } },
      podSelector: { matchLabels: { app: 'frnt' } },
    };
    const policy = networkPolicy('web', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: [peer] }] });
    const front = pod('front-1', { namespace: 'data', labels: { app: 'front' } });
    const own = pod('web-1');
    const { live, recorded } = await answers([
      ...namespaces,
      ...web,
      own,
      front,
      ...slicesFor(service('web'), [own]),
      policy,
    ]);
    expect(live).toContain('frnt');
    expect(recorded).toBe(live);
  });

  it('where its pods live in another namespace', async () => {
    const { live, recorded } = await answers([...namespaces, service('web'), pod('web-1', { namespace: 'data' })]);
    expect(live).toContain('namespace data');
    expect(recorded).toBe(live);
  });

  it('where all its Services are asked about: those of other namespaces are looked at, not judged', async () => {
    const broken = pod('db-1', { namespace: 'data', labels: { app: 'db' }, ready: false, status: crashing });
    const other = service('web', { selector: { app: 'gone' } }, { namespace: 'data' });
    const alias = service('web', { type: 'ExternalName', externalName: 'db.data.svc.cluster.local' });
    const db = service('db', { selector: { app: 'db' } }, { namespace: 'data' });
    const { live, recorded } = await answers(
      [...namespaces, alias, db, other, broken, ...slicesFor(db, [broken])],
      {},
      'check',
    );
    expect(live).toContain('data/db');
    expect(recorded).toBe(live);
  });
});
