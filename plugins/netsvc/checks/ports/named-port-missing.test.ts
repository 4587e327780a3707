import { describe, expect, it } from 'vitest';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { replicaSet } from '../../../../shared/testing/broken-pods.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const port = (targetPort: string, more: Partial<ServicePort> = {}): ServicePort => ({
  name: 'http',
  port: 80,
  targetPort,
  protocol: 'TCP',
  ...more,
});

function diagnose(ports: readonly ServicePort[], declared: readonly { name: string; containerPort: number }[]) {
  const svc = service('web', { selector: { app: 'web' }, ports });
  const app = stagedApp('web', { container: { ports: declared } });
  return diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'web');
}

describe('named-port-missing', () => {
  it('is proven, and points at the name that is meant', () => {
    const report = diagnose(
      [port('htttp')],
      [
        { name: 'http', containerPort: 8080 },
        { name: 'metrics', containerPort: 9090 },
      ],
    );
    expect(causeCodes(report)).toEqual(['SVC405']);
    expect(report.causes[0]).toMatchObject({ severity: 'critical', confidence: 'proven' });
    expect(report.headline).toContain('the port named "htttp", which no container of Deployment web declares');
    expect(report.headline).toContain('they declare http=8080 and metrics=9090');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"value":"http"');
  });

  it('says that nothing is declared at all', () => {
    expect(diagnose([port('http')], []).headline).toContain('they declare no ports at all');
  });

  it('that a container served which the last revision took away is the reason to go back', () => {
    const svc = service('web', { selector: { app: 'web' }, ports: [port('https')] });
    const app = stagedApp('web', { container: { ports: [{ name: 'http', containerPort: 8080 }] } });
    const proxy = { name: 'tls-proxy', ports: [{ name: 'https', containerPort: 8443 }] };
    const main = { name: 'app', ports: [{ name: 'http', containerPort: 8080 }] };
    const sets = [
      replicaSet('web', 'new1', 2, { containers: [main] }),
      replicaSet('web', 'old1', 1, { replicas: 0, containers: [main, proxy] }),
    ];
    const others = app.objects.filter(({ kind }) => kind !== 'ReplicaSet');
    const report = diagnoseObjects([svc, ...others, ...sets, ...slicesFor(svc, app.pods)], 'web');
    expect(report.headline).toContain('revision 2 took away container tls-proxy, which declared it');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl rollout undo deployment/web -n shop');
    expect(JSON.stringify(report.causes[0]?.evidence)).toContain('until revision 2');
  });

  it('is a warning when another port works', () => {
    const report = diagnose(
      [port('http'), port('metrics', { name: 'metrics', port: 9100 })],
      [{ name: 'http', containerPort: 8080 }],
    );
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]).toMatchObject({ code: 'SVC405', impact: 0.5 });
  });

  it('does not send TLS callers to the port of plain HTTP', () => {
    const report = diagnose(
      [port('http'), port('https', { name: 'https', port: 443 })],
      [{ name: 'http', containerPort: 8080 }],
    );
    expect(report.headline).not.toContain('nearest name');
    expect(report.causes[0]?.fixes.map(({ command }) => command)).toEqual([
      `kubectl patch service web -n shop --type=json -p '[{"op":"remove","path":"/spec/ports/1"}]'`,
    ]);
  });

  it('finds the name in native sidecars, and not in other init containers', () => {
    const svc = service('web', { selector: { app: 'web' }, ports: [port('proxy')] });
    const withInit = (restartPolicy?: string) => [
      pod('web-1', {
        spec: {
          initContainers: [
            {
              name: 'mesh',
              ports: [{ name: 'proxy', containerPort: 15001 }],
              ...(restartPolicy === undefined ? {} : { restartPolicy }),
            },
          ],
        },
      }),
    ];
    const sidecar = withInit('Always');
    expect(diagnoseObjects([svc, ...sidecar, ...slicesFor(svc, sidecar)], 'web').causes).toEqual([]);
    const init = withInit();
    expect(causeCodes(diagnoseObjects([svc, ...init, ...slicesFor(svc, init)], 'web'))).toEqual(['SVC405']);
  });

  it('stays silent when all declare it', () => {
    expect(diagnose([port('http')], [{ name: 'http', containerPort: 8080 }]).verdict).toBe('healthy');
  });
});
