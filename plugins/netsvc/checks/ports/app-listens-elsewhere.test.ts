import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import { event, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

function diagnose(container: Partial<Container>, ready = true, withEvent = false) {
  const svc = service('api', { selector: { app: 'api' } });
  const app = stagedApp('api', { container, ready });
  const events = withEvent
    ? app.pods.map((one) =>
        event(
          one,
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.1.2:8080/": dial tcp 10.244.1.2:8080: connect: connection refused',
        ),
      )
    : [];
  return diagnoseObjects([svc, ...app.objects, ...events, ...slicesFor(svc, app.pods)], 'api');
}

describe('app-listens-elsewhere', () => {
  it('believes the command line more than the declared port, and offers both sides', () => {
    const report = diagnose({ command: ['httpd'], args: ['-f', '-p', '9090'] });
    expect(causeCodes(report)).toEqual(['SVC402']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('listens on 9090 (httpd -f -p 9090), not on the 8080 that it declares');
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      `kubectl patch service api -n shop --type=json -p '[{"op":"add","path":"/spec/ports/0/targetPort","value":9090}]'`,
      `kubectl patch deployment api -n shop --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/args/2","value":"8080"}]'`,
    ]);
  });

  it('reads the environment', () => {
    const report = diagnose({ env: [{ name: 'PORT', value: '9090' }] });
    expect(report.headline).toContain('9090 (PORT=9090)');
    expect(report.causes[0]?.fixes[1]?.command).toBe('kubectl set env deployment/api -n shop -c app PORT=8080');
  });

  it('names the ConfigMap that a variable comes from, and mends it there', () => {
    const svc = service('api', { selector: { app: 'api' } });
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'api-config', namespace: 'shop' },
      data: { PORT: '9000' },
    };
    const app = stagedApp('api', { container: { envFrom: [{ configMapRef: { name: 'api-config' } }] } });
    const report = diagnoseObjects([svc, config, ...app.objects, ...slicesFor(svc, app.pods)], 'api');
    expect(report.causes[0]?.evidence).toContainEqual({
      fact: 'PORT=9000',
      source: 'ConfigMap shop/api-config key PORT',
    });
    expect(report.causes[0]?.fixes[1]?.command).toBe(
      `kubectl patch configmap api-config -n shop --type=merge -p '{"data":{"PORT":"8080"}}' && kubectl rollout restart deployment/api -n shop`,
    );
  });

  it('names the ConfigMap of a variable that the command line uses', () => {
    const svc = service('api', { selector: { app: 'api' } });
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'api-config', namespace: 'shop' },
      data: { PORT: '9000' },
    };
    const app = stagedApp('api', {
      container: { command: ['sh', '-c', 'exec serve $PORT'], envFrom: [{ configMapRef: { name: 'api-config' } }] },
    });
    const report = diagnoseObjects([svc, config, ...app.objects, ...slicesFor(svc, app.pods)], 'api');
    expect(report.causes[0]?.evidence).toContainEqual({
      fact: 'serve 9000',
      source: 'Deployment shop/api container app command, PORT of ConfigMap shop/api-config key PORT',
    });
    expect(report.causes[0]?.fixes[1]?.command).toContain('kubectl patch configmap api-config -n shop');
  });

  it('does not take a gRPC server that the log names for the port of plain HTTP', () => {
    const svc = service('api', { selector: { app: 'api' } });
    const app = stagedApp('api');
    const text = '{"msg":"grpc server started","port":50051}\n';
    const logs = app.pods.map((one) => ({
      namespace: 'shop',
      pod: one.metadata?.name ?? '',
      container: 'app',
      previous: false,
      text,
    }));
    expect(diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'api', { logs }).verdict).toBe(
      'healthy',
    );
  });

  it('takes the log of one pod for those of its revision that fare alike', () => {
    const svc = service('api', { selector: { app: 'api' } });
    const ask = (of: (at: number) => boolean) => {
      const app = stagedApp('api');
      const logs = [
        {
          namespace: 'shop',
          pod: app.pods[0]?.metadata?.name ?? '',
          container: 'app',
          previous: false,
          text: 'Listening on :3000\n',
        },
      ];
      const pods = app.pods.map((one, at) => ({
        ...one,
        status: { ...one.status, conditions: [{ type: 'Ready', status: of(at) ? 'True' : 'False' }] },
      }));
      const objects = [svc, app.deployment, app.replicaSet, ...pods, ...slicesFor(svc, pods)];
      return diagnoseObjects(objects, 'api', { logs });
    };
    const report = ask(() => true);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('container app of Deployment api listens on 3000');
    expect(ask((at) => at === 1).headline).not.toContain('container app of Deployment api listens');
  });

  it('believes the maker of an official image more than what the container declares', () => {
    const report = diagnose({ image: 'nginx:1.27-alpine', ports: [{ name: 'http', containerPort: 8080 }] });
    expect(causeCodes(report)).toEqual(['SVC402']);
    expect(report.headline).toContain('runs its image as it comes, which listens on 80, not on the 8080');
    const configured = {
      image: 'nginx:1.27',
      ports: [{ containerPort: 8080 }],
      env: [{ name: 'NGINX_PORT', value: '8080' }],
    };
    expect(diagnose(configured).verdict).toBe('healthy');
    const mounted = { spec: { volumes: [{ name: 'conf', configMap: { name: 'web-conf' } }] } };
    const svc = service('api', { selector: { app: 'api' } });
    const app = stagedApp('api', { container: { image: 'nginx:1.27' }, ...mounted });
    expect(diagnoseObjects([svc, ...app.objects, ...slicesFor(svc, app.pods)], 'api').verdict).toBe('healthy');
  });

  it('explains a readiness probe that is refused on the declared port', () => {
    const probe = { readinessProbe: { httpGet: { path: '/', port: 8080 } } };
    const report = diagnose({ command: ['httpd', '-f', '-p', '9090'], ...probe }, false, true);
    expect(causeCodes(report)[0]).toBe('SVC402');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl patch deployment api');
  });

  it('stays silent when a probe proves the declared port', () => {
    const probe = { readinessProbe: { tcpSocket: { port: 8080 } } };
    expect(diagnose({ env: [{ name: 'PORT', value: '9090' }], ...probe }).verdict).toBe('healthy');
  });

  it('stays silent when the other port is declared too', () => {
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'admin', containerPort: 9090 },
    ];
    expect(diagnose({ command: ['/app/server', '--port=9090'], ports }).verdict).toBe('healthy');
  });

  it('stays silent when the number stands where it is not understood', () => {
    expect(diagnose({ command: ['/app/server', '--port=9090', '--also=8080'] }).verdict).toBe('healthy');
  });
});

describe('a port in a configuration file of the app itself', () => {
  function withFile(file: string, text: string, ready: boolean, container: Partial<Container> = {}) {
    const svc = service('api', { selector: { app: 'api' } });
    const readinessProbe = ready ? undefined : { httpGet: { path: '/', port: 8080 } };
    const app = stagedApp('api', { container: { ...(readinessProbe && { readinessProbe }), ...container }, ready });
    const mounted = (one: KubeObject): KubeObject => {
      const spec = (one as { spec?: { containers?: unknown } }).spec;
      return spec?.containers === undefined
        ? one
        : ({ ...one, spec: { ...spec, volumes: [{ name: 'conf', configMap: { name: 'api-conf' } }] } } as KubeObject);
    };
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'api-conf', namespace: 'shop' },
      data: { [file]: text },
    };
    const refused =
      'Readiness probe failed: Get "http://10.244.1.2:8080/": dial tcp 10.244.1.2:8080: connect: connection refused';
    const events = ready ? [] : app.pods.map((one) => event(one, 'Unhealthy', refused));
    return diagnoseObjects([svc, map, ...app.objects.map(mounted), ...events, ...slicesFor(svc, app.pods)], 'api');
  }

  it.each([
    ['config.json', '{"name": "api", "port": 8081, "database": {"port": 5432}}', '"port": 8081'],
    ['config.json', '{"server": {"host": "0.0.0.0", "port": "8081"}}', '"server.port": "8081"'],
    ['app.yaml', 'log: debug\nserver:\n  host: 0.0.0.0\n  port: 8081 # http\ndb:\n  port: 5432\n', 'server.port: 8081'],
    ['app.properties', 'http.port = 8081\ndb.port = 5432\n', 'http.port=8081'],
    ['app.toml', '[server]\nlisten = ":8081"\n[redis]\nport = 6379\n', 'server.listen=:8081'],
  ])('is named where the probe is refused: %s %s', (file, text, words) => {
    const report = withFile(file, text, false);
    expect(causeCodes(report)).toEqual(['SVC402']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('listens on 8081');
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.causes[0]?.evidence).toContainEqual({ fact: words, source: `ConfigMap shop/api-conf key ${file}` });
  });

  it('is named where a script reads it with a pattern that has digits', () => {
    const script = [
      'sh',
      '-c',
      'P=$(sed -n "s/.*port.: \\([0-9]*\\).*/\\1/p" /etc/web/config.json); exec httpd -f -p $P',
    ];
    expect(withFile('config.json', '{"port": 8081}', false, { command: script }).headline).toContain('listens on 8081');
  });

  it('is only possible where nobody has asked', () => {
    const report = withFile('config.json', '{"port": 8081}', true);
    expect(report.causes[0]).toMatchObject({ code: 'SVC402', severity: 'warning', confidence: 'possible' });
  });

  const silent: readonly (readonly [what: string, file: string, text: string, container?: Partial<Container>])[] = [
    ['the same', 'config.json', '{"port": 8080}'],
    ['of somebody else', 'config.json', '{"postgres": {"port": 5432}, "metrics": {"port": 9090}}'],
    ['of several', 'config.json', '{"port": 8081, "server": {"port": 8082}}'],
    ['overridden', 'config.json', '{"port": 8081}', { env: [{ name: 'PORT', value: '8080' }] }],
    ['on the command line', 'config.json', '{"port": 8081}', { args: ['--listen-port', '8080'] }],
    ['broken', 'config.json', '{"port": 8081'],
    ['of a list', 'app.yaml', 'upstreams:\n- port: 8081\n  host: a\n'],
    ['answered', 'config.json', '{"port": 8081}', { readinessProbe: { tcpSocket: { port: 8080 } } }],
  ];
  it.each(silent.map(([what, file, text, container = {}]) => ({ what, file, text, container })))(
    'says nothing of the app: $what',
    ({ file, text, container }) => {
      expect(withFile(file, text, true, container).causes).toEqual([]);
    },
  );
});
