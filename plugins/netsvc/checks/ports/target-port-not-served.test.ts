import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { type StagedApp, stagedApp } from '../../testing/staged-app.ts';

function diagnose(app: StagedApp, spec: Parameters<typeof service>[1] = {}, more: readonly StagedApp[] = []) {
  const svc = service('web', { selector: { app: 'web' }, ...spec });
  const apps = [app, ...more];
  return diagnoseObjects(
    [
      svc,
      ...apps.flatMap((one) => one.objects),
      ...slicesFor(
        svc,
        apps.flatMap((one) => one.pods),
      ),
    ],
    'web',
  );
}

const to = (targetPort: number, port = 80) => ({ ports: [{ name: 'http', port, targetPort, protocol: 'TCP' }] });
const probe = (port: number | string) => ({ readinessProbe: { httpGet: { path: '/healthz', port } } });

describe('target-port-not-served', () => {
  it('names the port that the pods declare and probe, behind ready endpoints', () => {
    const report = diagnose(stagedApp('web', { container: probe('http') }), to(8081));
    expect(report.verdict).toBe('broken');
    expect(causeCodes(report)).toEqual(['SVC401']);
    expect(report.headline).toContain('sends port 80 to targetPort 8081');
    expect(report.headline).toContain('container app of Deployment web declares 8080 (http)');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact)).toContain(
      'readinessProbe http-get :8080/healthz passes',
    );
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch service web -n shop --type=json -p '[{"op":"add","path":"/spec/ports/0/targetPort","value":8080}]'`,
      undo: `kubectl patch service web -n shop --type=json -p '[{"op":"add","path":"/spec/ports/0/targetPort","value":8081}]'`,
    });
  });

  it('says that the targetPort is only the default', () => {
    const report = diagnose(stagedApp('web'), to(80));
    expect(report.headline).toContain('targetPort 80 (no other targetPort is set)');
    expect(report.headline).toContain('8080');
  });

  it('knows a port for metrics by its name, and leaves one alone that nobody declares so', () => {
    const declares = (name: string) =>
      stagedApp('web', {
        container: {
          ports: [
            { name: 'http', containerPort: 8080 },
            { name, containerPort: 9090 },
          ],
        },
      });
    const ports = [
      { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
      { name: 'metrics', port: 9091, targetPort: 9091, protocol: 'TCP' },
    ];
    const report = diagnose(declares('metrics'), { ports });
    expect(report.causes[0]).toMatchObject({ code: 'SVC401', severity: 'warning', confidence: 'likely' });
    expect(report.headline).toContain('sends port metrics (9091) to targetPort 9091');
    expect(report.headline).toContain('declares 9090 (metrics)');
    expect(diagnose(declares('admin'), { ports }).verdict).toBe('healthy');
  });

  it('takes a passing probe for a sign where nothing is declared', () => {
    const report = diagnose(stagedApp('web', { container: { ports: [], ...probe(3000) } }), to(8080));
    expect(report.headline).toContain('answers its probe on 3000');
  });

  it('takes the log for a sign', () => {
    const app = stagedApp('web', { container: { ports: [] } });
    const svc = service('web', { selector: { app: 'web' } });
    const logs = app.pods.map((one) => ({
      namespace: 'shop',
      pod: one.metadata?.name ?? '',
      container: 'app',
      previous: false,
      text: 'Listening on port 3000\n',
    }));
    const report = diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'web', { logs });
    expect(causeCodes(report)).toEqual(['SVC401']);
    expect(report.headline).toContain('Listening on port 3000');
  });

  it('knows official images that run as they come', () => {
    const nginx = { image: 'docker.io/library/nginx:1.27', ports: [] };
    expect(diagnose(stagedApp('web', { container: nginx }), to(8080)).headline).toContain('80');
    expect(diagnose(stagedApp('web', { container: nginx }), to(80)).verdict).toBe('healthy');
    const configured = { container: nginx, spec: { volumes: [{ name: 'conf', configMap: { name: 'nginx' } }] } };
    expect(diagnose(stagedApp('web', configured), to(8080)).verdict).toBe('healthy');
  });

  it('degrades where only the new revision moved to another port, and tells the revisions apart', () => {
    const old = stagedApp('web', { hash: 'old111', container: probe(8080) });
    const fresh = stagedApp('web', {
      hash: 'new222',
      replicas: 1,
      container: { ports: [{ name: 'http', containerPort: 9090 }], ...probe(9090) },
    });
    const report = diagnose(old, to(8080), [fresh]);
    expect(report.verdict).toBe('degraded');
    expect(report.causes[0]?.summary).toContain('1 of 3 pods (Deployment web, ReplicaSet web-new222)');
    expect(report.causes[0]?.impact).toBeCloseTo(1 / 3);
    // The name is right for both revisions, either number for one of them.
    expect(report.causes[0]?.fixes[0]?.command).toContain('"value":"http"');
  });

  it('lets another workload wait that does not serve the port of the first', () => {
    const canary = stagedApp('web-canary', {
      labels: { app: 'web', track: 'canary' },
      replicas: 1,
      container: { ports: [{ containerPort: 9090 }] },
    });
    const report = diagnose(stagedApp('web', { container: probe(8080) }), to(8080), [canary]);
    expect(report.causes[0]?.summary).toContain('1 of 3 pods (Deployment web-canary, ');
    expect(report.causes[0]?.fixes).toEqual([
      {
        title: 'run no pods of Deployment web-canary until they serve the port',
        command: 'kubectl scale deployment/web-canary -n shop --replicas=0',
        risk: 'low',
        undo: 'kubectl scale deployment/web-canary -n shop --replicas=1',
      },
    ]);
  });

  it('is a warning when another port of the Service works', () => {
    const report = diagnose(stagedApp('web'), {
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'api', port: 81, targetPort: 9999, protocol: 'TCP' },
      ],
    });
    // 8080 is there for `http`, so nothing says that the container does not listen on 9999 too.
    expect(report.verdict).toBe('healthy');
    const known = diagnose(stagedApp('web', { container: { command: ['httpd', '-f', '-p', '8080'] } }), {
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'api', port: 81, targetPort: 9999, protocol: 'TCP' },
      ],
    });
    expect(known.verdict).toBe('degraded');
    expect(known.causes[0]?.summary).toContain('port api (81)');
  });

  describe('stays silent', () => {
    const cases: readonly (readonly [string, StagedApp, number])[] = [
      ['when nothing is declared', stagedApp('web', { container: { ports: [] } }), 8080],
      ['when the command line names the port', stagedApp('web', { container: { command: ['serve', '9999'] } }), 9999],
      [
        'when the environment names the port',
        stagedApp('web', { container: { env: [{ name: 'PORT', value: '9999' }] } }),
        9999,
      ],
      ['when a probe on the port passes', stagedApp('web', { container: probe(9999) }), 9999],
      [
        'when an exec probe asks the port',
        stagedApp('web', {
          container: { readinessProbe: { exec: { command: ['wget', '-qO-', 'http://localhost:9999/'] } } },
        }),
        9999,
      ],
      [
        'when only a metrics port is declared',
        stagedApp('web', { container: { ports: [{ name: 'metrics', containerPort: 9100 }] } }),
        8080,
      ],
      ['when a sidecar tells nothing of itself', stagedApp('web', { sidecars: [{ name: 'front', image: 'x' }] }), 9999],
    ];
    for (const [what, app, port] of cases) {
      it(what, () => {
        expect(diagnose(app, to(port)).causes).toEqual([]);
      });
    }

    it('for a metrics Service whose port is not declared', () => {
      const svc = service('web-metrics', { selector: { app: 'web' }, ports: [{ port: 9100, targetPort: 9100 }] });
      const app = stagedApp('web');
      expect(diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'web-metrics').verdict).toBe(
        'healthy',
      );
    });

    it('for a metrics port beside a main socket that is told', () => {
      const ports = [{ name: 'metrics', port: 9100, targetPort: 'metrics', protocol: 'TCP' }];
      const container = { command: ['/app/server', '--port=8080'], ports: [{ name: 'metrics', containerPort: 9100 }] };
      expect(diagnose(stagedApp('web', { container }), { ports }).verdict).toBe('healthy');
      const number = [{ name: 'metrics', port: 9100, targetPort: 9100, protocol: 'TCP' }];
      expect(diagnose(stagedApp('web', { container: { ...container, ports: [] } }), { ports: number }).verdict).toBe(
        'healthy',
      );
    });

    it('for a headless Service, which maps no ports', () => {
      expect(
        diagnose(stagedApp('web'), { ...to(9999, 9999), clusterIP: 'None' }).causes.map(({ code }) => code),
      ).not.toContain('SVC401');
    });
  });

  it('is no pass and no fault without pods', () => {
    const report = diagnoseObjects([service('web')], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
  });

  it('looks at pods that no workload owns', () => {
    const svc = service('web', to(8081));
    const pods = [pod('web-1', { ports: [{ name: 'http', containerPort: 8080 }] })];
    expect(diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web').headline).toContain('Pod web-1');
  });
});
