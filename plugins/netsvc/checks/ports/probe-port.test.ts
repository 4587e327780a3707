import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

function notes(container: Partial<Container>): readonly string[] {
  const svc = service('web', { selector: { app: 'web' } });
  const app = stagedApp('web', { container });
  const report = diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'web');
  expect(report.verdict).toBe('healthy');
  return report.findings
    .filter(({ code }) => code === 'SVC410' || code === 'SVC411')
    .map(({ code, summary }) => `${code} ${summary}`);
}

const ports = [
  { name: 'http', containerPort: 8080 },
  { name: 'admin', containerPort: 9000 },
];

describe('probe-port', () => {
  it('notes that Ready is proven for another port, and blames nobody', () => {
    expect(notes({ ports, readinessProbe: { httpGet: { port: 'admin' } } })).toEqual([
      'SVC410 the readiness probe of Deployment web asks 9000, Service shop/web sends to 8080: Ready does not prove that 8080 answers',
    ]);
  });

  it('notes a probe port that is not declared', () => {
    const [, second] = notes({ readinessProbe: { tcpSocket: { port: 9000 } } });
    expect(second).toContain('SVC411');
    expect(second).toContain('they declare 8080');
  });

  it('says nothing of probes that a mesh injects or takes over', () => {
    expect(
      notes({ name: 'istio-proxy', readinessProbe: { httpGet: { port: 15021, path: '/healthz/ready' } } }),
    ).toEqual([]);
    expect(notes({ readinessProbe: { httpGet: { port: 15020, path: '/app-health/app/readyz' } } })).toEqual([]);
  });

  it('stays silent when the probe asks the served port', () => {
    expect(notes({ readinessProbe: { httpGet: { port: 8080 } } })).toEqual([]);
    expect(notes({})).toEqual([]);
  });
});
