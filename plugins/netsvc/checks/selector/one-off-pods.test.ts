import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', { selector: { app: 'web' } });
const app = stagedApp('web', { replicas: 3 });

function diagnose(extra: Pod) {
  const pods = [...app.pods, extra];
  return diagnoseObjects([svc, ...app.objects, extra, ...slicesFor(svc, pods)], 'web');
}

describe('one-off-pods', () => {
  it('names a debug pod that takes its share of the requests', () => {
    const report = diagnose(
      pod('debug', {
        labels: { app: 'web' },
        containers: [{ name: 'debug', image: 'busybox', args: ['sleep', '3600'] }],
      }),
    );
    expect(causeCodes(report)).toEqual(['SVC109']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('Pod debug, which no workload owns');
    expect(report.headline).toContain('runs "sleep 3600" and serves nothing');
    expect(report.headline).toContain('1 of 4 endpoints');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl label pod debug -n shop app-',
      undo: 'kubectl label pod debug -n shop app=web',
    });
  });

  it('suspects one that tells nothing and runs another image', () => {
    const report = diagnose(
      pod('probe', { labels: { app: 'web' }, containers: [{ name: 'probe', image: 'example/probe' }] }),
    );
    expect(report.causes[0]).toMatchObject({ code: 'SVC109', confidence: 'possible' });
  });

  it('stays silent for one that serves, and for one that is not ready', () => {
    expect(diagnose(pod('canary', { labels: { app: 'web' } })).verdict).toBe('healthy');
    const waiting = pod('debug', {
      labels: { app: 'web' },
      ready: false,
      containers: [{ name: 'debug', args: ['sleep', '9'] }],
    });
    expect(causeCodes(diagnose(waiting))).not.toContain('SVC109');
  });

  it('stays silent when all pods are bare', () => {
    const pods = [pod('web-1'), pod('web-2', { containers: [{ name: 'x', image: 'y' }] })];
    expect(diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web').verdict).toBe('healthy');
  });
});
