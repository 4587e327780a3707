import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../../../../shared/model/objects-pod.ts';
import { ownedBy, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: { app: 'web' } });
const app = stagedApp('web');
const job = workload('Job', 'migrate', { app: 'web' });

function jobPod(container: Container, phase = 'Running'): Pod {
  return pod('migrate-x', {
    labels: { app: 'web', 'batch.kubernetes.io/job-name': 'migrate' },
    meta: ownedBy('Job', 'migrate'),
    containers: [container],
    ...(phase === 'Running' ? {} : { status: { phase } }),
  });
}

function diagnose(extra: Pod) {
  return diagnoseObjects([svc, job, ...app.objects, extra, ...slicesFor(svc, [...app.pods, extra])], 'web');
}

describe('job-pods', () => {
  it('names the Job whose pod takes requests while it runs', () => {
    const report = diagnose(jobPod({ name: 'migrate', image: 'example/app:1', args: ['migrate'] }));
    expect(causeCodes(report)).toEqual(['SVC110']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('Job migrate has 1 running pod with the labels of Service shop/web');
    expect(report.headline).toContain('1 of 3 endpoints');
    expect(report.causes[0]?.fixes.at(-1)?.command).toBe('kubectl label pod migrate-x -n shop app-');
  });

  it('stays silent for finished pods, and for a Job that serves', () => {
    expect(diagnose(jobPod({ name: 'migrate' }, 'Succeeded')).verdict).toBe('healthy');
    expect(diagnose(jobPod({ name: 'serve', ports: [{ containerPort: 8080 }] })).verdict).toBe('healthy');
  });

  it('stays silent for a Service that stands before a Job alone', () => {
    const only = jobPod({ name: 'worker', image: 'example/mpi' });
    expect(causeCodes(diagnoseObjects([svc, job, only, ...slicesFor(svc, [only])], 'web'))).not.toContain('SVC110');
  });

  it('tells that only a Job is behind the Service when the workload of its name carries another label', () => {
    const api = service('web', { selector: { app: 'web', tier: 'api' } });
    const backend = stagedApp('web', { podLabels: { tier: 'backend' } });
    const pods = [pod('seed-x', { labels: { app: 'web', tier: 'api' }, meta: ownedBy('Job', 'seed') })];
    const seed = workload('Job', 'seed', { app: 'web', tier: 'api' });
    const objects = [api, seed, ...backend.objects, ...pods, ...slicesFor(api, pods)];
    const report = diagnoseObjects(objects, 'web');
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toBe(
      'Service shop/web selects app=web,tier=api, which only pods of Job seed carry; Deployment web has tier=backend instead of tier=api',
    );
    // With a Service of its own the workload is not the one that was meant.
    const own = service('web-backend', { selector: { app: 'web', tier: 'backend' } });
    expect(diagnoseObjects([...objects, own, ...slicesFor(own, backend.pods)], 'web').verdict).toBe('healthy');
  });
});
