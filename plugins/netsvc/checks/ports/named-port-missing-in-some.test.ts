import { describe, expect, it } from 'vitest';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { type StagedApp, stagedApp } from '../../testing/staged-app.ts';

const svc = service('web', {
  selector: { app: 'web' },
  ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
});

function diagnose(apps: readonly StagedApp[]) {
  const pods = apps.flatMap((app) => app.pods);
  return diagnoseObjects([svc, ...apps.flatMap((app) => app.objects), ...slicesFor(svc, pods)], 'web');
}

describe('named-port-missing-in-some-pods', () => {
  it('tells the revisions of one Deployment apart, and offers to go back', () => {
    const old = stagedApp('web', { hash: 'old111' });
    const fresh = stagedApp('web', {
      hash: 'new222',
      replicas: 1,
      container: { ports: [{ name: 'api', containerPort: 9090 }] },
    });
    const report = diagnose([old, fresh]);
    expect(causeCodes(report)).toEqual(['SVC406']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain(
      '1 of 3 pods (Deployment web, ReplicaSet web-new222) declare no port named "http"',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout undo deployment/web -n shop');
  });

  it('offers the number where it is the same in all pods', () => {
    const one = stagedApp('web-v1', { labels: { app: 'web', version: 'v1' } });
    const two = stagedApp('web-v2', {
      labels: { app: 'web', version: 'v2' },
      container: { ports: [{ name: 'api', containerPort: 8080 }] },
    });
    const report = diagnose([one, two]);
    expect(report.headline).toContain('Deployment web-v2');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"value":8080');
  });

  it('takes another app behind a wide selector for a plan: it gets no requests', () => {
    const web = stagedApp('web');
    const db = stagedApp('db', {
      labels: { app: 'web', tier: 'db' },
      container: { ports: [{ name: 'sql', containerPort: 5432 }] },
    });
    expect(diagnose([web, db]).verdict).toBe('healthy');
  });
});
