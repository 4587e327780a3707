import { describe, expect, it } from 'vitest';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { type StagedApp, stagedApp } from '../../testing/staged-app.ts';

function diagnose(
  name: string,
  selector: Readonly<Record<string, string>>,
  apps: readonly StagedApp[],
  targetPort: number | string = 8080,
) {
  const svc = service(name, { selector, ports: [{ name: 'http', port: 80, targetPort, protocol: 'TCP' }] });
  return diagnoseObjects(
    [
      svc,
      ...apps.flatMap((app) => app.objects),
      ...slicesFor(
        svc,
        apps.flatMap((app) => app.pods),
      ),
    ],
    name,
  );
}

const web = stagedApp('shop-web', { labels: { app: 'shop', tier: 'web' } });
const db = stagedApp('shop-db', {
  labels: { app: 'shop', tier: 'db' },
  replicas: 1,
  container: { ports: [{ name: 'sql', containerPort: 5432 }], image: 'example/db:1' },
});

describe('selector-too-wide', () => {
  it('names the app that does not belong, the share that fails and the key that is missing', () => {
    const report = diagnose('shop', { app: 'shop' }, [web, db]);
    expect(causeCodes(report)).toEqual(['SVC105']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('also matches Deployment shop-db (1 pod), which declares 5432 (sql), not 8080');
    expect(report.headline).toContain('1 of 3 endpoints');
    expect(report.causes[0]?.impact).toBeCloseTo(1 / 3);
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch service shop -n shop --type=merge -p '{"spec":{"selector":{"tier":"web"}}}'`,
    );
  });

  it('suspects an app that declares nothing beside one that does', () => {
    const worker = stagedApp('worker', {
      labels: { app: 'shop', tier: 'worker' },
      container: { ports: [], image: 'example/worker:1' },
    });
    const report = diagnose('shop', { app: 'shop' }, [web, worker]);
    expect(report.causes[0]).toMatchObject({ code: 'SVC105', confidence: 'possible' });
  });

  it('suspects a worker that shares the image of the server and runs another command', () => {
    const worker = stagedApp('worker', {
      labels: { app: 'shop', tier: 'worker' },
      container: { ports: [], command: ['bundle', 'exec', 'sidekiq'] },
    });
    const report = diagnose('shop', { app: 'shop' }, [web, worker]);
    expect(causeCodes(report)).toEqual(['SVC105']);
    expect(report.headline).toContain('Deployment worker');
  });

  it('takes a second Deployment of the same program for the same app', () => {
    const more = stagedApp('overflow', { labels: { app: 'shop', tier: 'web' }, container: { ports: [] } });
    expect(diagnose('shop', { app: 'shop' }, [web, more]).verdict).toBe('healthy');
  });

  it('sees another app that answers on the same port', () => {
    const front = stagedApp('web', { labels: { app: 'shop', tier: 'web' } });
    const billing = stagedApp('billing', {
      labels: { app: 'shop', tier: 'billing' },
      container: { image: 'example/billing:1' },
    });
    const report = diagnose('web', { app: 'shop' }, [front, billing]);
    expect(causeCodes(report)).toEqual(['SVC105']);
    expect(report.headline).toContain('tier=billing, not tier=web');
  });

  describe('stays silent', () => {
    it('for two versions of one app', () => {
      const v1 = stagedApp('web-v1', { labels: { app: 'web', version: 'v1' } });
      const v2 = stagedApp('web-v2', { labels: { app: 'web', version: 'v2' }, container: { image: 'example/app:2' } });
      expect(diagnose('web', { app: 'web' }, [v1, v2]).verdict).toBe('healthy');
    });

    it('for a canary that tells nothing of its port', () => {
      const stable = stagedApp('web', { labels: { app: 'web', track: 'stable' } });
      const canary = stagedApp('web-canary', {
        labels: { app: 'web', track: 'canary' },
        replicas: 1,
        container: { ports: [], image: 'example/app:2' },
      });
      expect(diagnose('web', { app: 'web' }, [stable, canary]).verdict).toBe('healthy');
    });

    it('when the name of the port keeps the others out', () => {
      expect(diagnose('shop', { app: 'shop' }, [web, db], 'http').verdict).toBe('healthy');
    });

    it('when the other app is not ready', () => {
      const down = stagedApp('shop-db', {
        labels: { app: 'shop', tier: 'db' },
        ready: false,
        container: { ports: [{ containerPort: 5432 }] },
      });
      expect(causeCodes(diagnose('shop', { app: 'shop' }, [web, down]))).not.toContain('SVC105');
    });
  });
});
