import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

function diagnose(container: Partial<Container>, log?: string) {
  const svc = service('admin', { selector: { app: 'admin' } });
  const app = stagedApp('admin', { container });
  const logs = app.pods.map((one) => ({
    namespace: 'shop',
    pod: one.metadata?.name ?? '',
    container: 'app',
    previous: false,
    text: log ?? '',
  }));
  return diagnoseObjects(
    [svc, ...app.objects, ...slicesFor(svc, app.pods)],
    'admin',
    log === undefined ? {} : { logs },
  );
}

const exec = { readinessProbe: { exec: { command: ['true'] } } };

describe('listens-on-loopback', () => {
  const faults: readonly (readonly [string, Partial<Container>, string])[] = [
    ['an option', { command: ['/app/server', '--listen=127.0.0.1:8080'], ...exec }, '"value":"--listen=0.0.0.0:8080"'],
    ['a host alone', { args: ['--host', '127.0.0.1'] }, '"value":"0.0.0.0"'],
    [
      'a variable',
      { env: [{ name: 'HOST', value: 'localhost' }] },
      'kubectl set env deployment/admin -n shop -c app HOST=0.0.0.0',
    ],
    ['the default of a framework', { command: ['flask', 'run', '--port=8080'] }, 'FLASK_RUN_HOST=0.0.0.0'],
    ['a script', { command: ['sh', '-c', 'exec httpd -f -p 127.0.0.1:8080'] }, 'exec httpd -f -p 0.0.0.0:8080'],
  ];
  for (const [what, container, fix] of faults) {
    it(`reads it from ${what}`, () => {
      const report = diagnose(container);
      expect(causeCodes(report)).toEqual(['SVC403']);
      expect(report.verdict).toBe('broken');
      expect(report.headline).toContain('127.0.0.1 only');
      expect(report.causes[0]?.fixes[0]?.command).toContain(fix);
    });
  }

  it('reads it from the log', () => {
    const report = diagnose({}, 'INFO server listening on 127.0.0.1:8080\n');
    expect(causeCodes(report)).toEqual(['SVC403']);
    expect(report.headline).toContain('listening on 127.0.0.1:8080');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl edit deployment/admin -n shop');
  });

  it('stays silent for a link that the log prints for the developer', () => {
    expect(diagnose({}, 'Server running at http://localhost:8080\n').verdict).toBe('healthy');
  });

  it('reads the listeners of a Kafka broker', () => {
    const env = (value: string) => ({ env: [{ name: 'KAFKA_LISTENERS', value }] });
    const report = diagnose(env('PLAINTEXT://127.0.0.1:8080,CONTROLLER://:9093'));
    expect(causeCodes(report)).toEqual(['SVC403']);
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      'KAFKA_LISTENERS=PLAINTEXT://0.0.0.0:8080,CONTROLLER://:9093',
    );
    expect(diagnose(env('PLAINTEXT://:8080,CONTROLLER://127.0.0.1:9093')).verdict).toBe('healthy');
  });

  it('stays silent when the kubelet reaches the port', () => {
    const probe = { readinessProbe: { httpGet: { path: '/', port: 8080 } } };
    expect(diagnose({ args: ['--host', '127.0.0.1'], ...probe }).verdict).toBe('healthy');
  });

  it('stays silent for a metrics socket on loopback', () => {
    expect(diagnose({ command: ['/app/server', '--port=8080', '--metrics-addr=127.0.0.1:9090'] }).verdict).toBe(
      'healthy',
    );
  });

  it('stays silent for an app behind the sidecar that the Service targets', () => {
    const svc = service('admin', {
      selector: { app: 'admin' },
      ports: [{ port: 80, targetPort: 4180, protocol: 'TCP' }],
    });
    const app = stagedApp('admin', {
      container: { command: ['/app/server', '--listen=127.0.0.1:8080'] },
      sidecars: [{ name: 'oauth2', image: 'x', ports: [{ containerPort: 4180 }] }],
    });
    expect(diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'admin').verdict).toBe('healthy');
  });
});
