import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { crashing, ended, unready } from '../../../shared/testing/broken-pods.ts';
import { deployment, pod, service } from '../../../shared/testing/builders.ts';
import { runCli } from '../../../shared/testing/run-cli.ts';
import { netsvc } from '../plugin.ts';

/** What is answered on a file of these objects. */
async function ask(line: string, objects: readonly KubeObject[]) {
  const { stdout, exit } = await runCli(netsvc, `${line} -n shop -o json --snapshot -`, {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
  const report = JSON.parse(stdout);
  return { exit, verdict: report.verdict, headline: report.headline as string, causes: report.causes, report };
}

const crash = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
const bare = crashing('lone', ended(137, 'OOMKilled'), { labels: {} });

describe('pods and workloads in files without a Service', () => {
  it('a pod that crashes is told, with and without labels, by check and by its name', async () => {
    const found = await ask('check', [crash, bare, pod('fine')]);
    expect(found.exit).toBe(1);
    expect(found.headline).toBe(
      '2 workloads in namespace shop have faults: deployment/web and pod/lone; no Service was read',
    );
    expect(found.report.notChecked[0]).toEqual({ check: 'Services', reason: 'Services were not collected' });
    const one = await ask('pod/lone', [bare]);
    expect(one.causes[0]).toMatchObject({ code: 'SVC230', subject: { kind: 'Pod', name: 'lone' } });
    expect((await ask('deploy/web', [deployment('web'), crash])).causes[0]?.code).toBe('SVC229');
  });

  it('a Deployment whose pods are refused, and one whose template its selector does not match', async () => {
    const message = 'pods "web-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5';
    const refused = {
      ...deployment('web'),
      status: {
        replicas: 0,
        conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
      },
    };
    expect((await ask('check', [refused])).headline).toContain('deployment/web');
    expect((await ask('deploy/web', [refused])).headline).toContain('ResourceQuota q refuses');
    const metadata = { name: 'web', namespace: 'shop' };
    const template = { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'app' }] } };
    const spec = { selector: { matchLabels: { app: 'web' } }, template };
    const astray: Workload = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
    const found = await ask('deploy/web', [astray]);
    expect(found.headline).toBe(
      'Deployment web selects app=web, but its template carries app=api: the API server refuses it',
    );
  });

  it('says nothing of Services that were not read', async () => {
    const env = [{ name: 'DB_URL', value: 'pg://db:5432/x' }];
    const spec = { ...crash.spec, containers: [{ name: 'app', image: 'example/app:1', env }] };
    const found = await ask('check', [{ ...crash, spec } as Pod]);
    expect(found.causes[0]?.code).toBe('SVC229');
    expect(JSON.stringify(found.report)).not.toContain('no Service db');
  });

  it('what is sound, scaled to 0 or at its end is no fault, and no health either', async () => {
    const off = deployment('off', { app: 'off' }, { replicas: 0 });
    const done = pod('once', { labels: { app: 'once' }, status: { phase: 'Succeeded' } });
    const found = await ask('check', [pod('fine'), off, done]);
    expect(found).toMatchObject({ exit: 3, verdict: 'unknown', causes: [] });
    expect((await ask('pod/fine', [pod('fine')])).exit).toBe(3);
  });

  it('a pod that no Service selects is judged itself, where Services were read', async () => {
    const lone = unready(
      'lone-1',
      { readinessProbe: { httpGet: { path: '/', port: 8081 } } },
      { labels: { app: 'lone' } },
    );
    const found = await ask('pod/lone-1', [lone, service('web'), pod('web-1')]);
    expect(found.causes[0]?.subject).toMatchObject({ kind: 'Pod', name: 'lone-1' });
    expect(found.report.findings[0]?.code).toBe('SVC002');
    const checked = await ask('check', [lone, service('web'), pod('web-1')]);
    expect(checked.report.items.map(({ target }: { target: { name: string } }) => target.name)).toEqual(['web']);
  });
});
