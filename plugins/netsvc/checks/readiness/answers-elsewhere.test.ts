import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../../../../shared/model/objects-pod.ts';
import { unready } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, service } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

interface Asked {
  readonly path?: string;
  readonly port?: number;
  readonly env?: Container['env'] & object;
  readonly args?: readonly string[];
  readonly log?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly beside?: readonly Container[];
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
}

/** First line and fixes for a web pod whose readiness probe is answered so. */
function ask(message: string, { path = '/health', port = 8080, env = [], args = [], log = '', ...more }: Asked = {}) {
  const { headers } = more;
  const readinessProbe = { httpGet: { path, port, ...(headers === undefined ? {} : { httpHeaders: headers }) } };
  const made = unready('web-6f9c-a', { env, args, readinessProbe }, { of: 'web' });
  const annotations = more.annotations ?? {};
  const web: Pod = {
    ...made,
    metadata: { ...made.metadata, annotations },
    spec: { ...made.spec, initContainers: more.beside ?? [] },
    status: { ...made.status, initContainerStatuses: [{ name: 'istio-proxy', ready: true, started: true }] },
  };
  const said = event(made, 'Unhealthy', `Readiness probe failed: ${message}`, {
    count: 40,
    fieldPath: 'spec.containers{app}',
  });
  const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: false, text: log }];
  const report = diagnoseObjects([service('web'), deployment('web'), web, said], 'web', {
    logs,
  });
  return { headline: report.headline, fixes: (report.causes[0]?.fixes ?? []).map(({ command }) => command) };
}

const NOT_FOUND = 'HTTP probe failed with statuscode: 404';
const at = (name: string, value: string): Asked => ({ env: [{ name, value }] });

describe('why a probe is answered as it is', () => {
  it.each<[string, Asked]>([
    ['SERVER_SERVLET_CONTEXT_PATH=/shop', at('SERVER_SERVLET_CONTEXT_PATH', '/shop')],
    ['APP_BASE_PATH=/shop', at('APP_BASE_PATH', '/shop/')],
    ['--web.route-prefix=/shop', { args: ['serve', '--web.route-prefix=/shop'] }],
    ['its log tells', { log: "Tomcat started on port 8080 (http) with context path '/shop'\n" }],
  ])('a 404 where the app serves under a path of its own: %s', (_, asked) => {
    const { headline, fixes } = ask(NOT_FOUND, asked);
    expect(headline).toContain('statuscode: 404; the app serves under /shop (');
    expect(fixes[0]).toContain('"readinessProbe":{"httpGet":{"path":"/shop/health"}}');
  });

  it.each<Asked>([
    at('APP_BASE_PATH', '/var/lib/shop'),
    at('BASE_PATH', '/health'),
    { path: '/shop/health', ...at('BASE_PATH', '/shop') },
    {
      path: '/actuator/health',
      env: [
        { name: 'CONTEXT_PATH', value: '/shop' },
        { name: 'MANAGEMENT_SERVER_PORT', value: '8080' },
      ],
    },
  ])('no word of a path that is a directory, or already there: %j', (asked) => {
    expect(ask(NOT_FOUND, asked).headline).not.toContain('serves under');
  });

  it('/actuator on a port of its own', () => {
    const { headline, fixes } = ask(NOT_FOUND, { path: '/actuator/health', ...at('MANAGEMENT_SERVER_PORT', '9090') });
    expect(headline).toContain('; MANAGEMENT_SERVER_PORT=9090 moves /actuator to port 9090');
    expect(fixes[0]).toContain('"httpGet":{"port":9090}');
  });

  it('a path behind a login', () => {
    expect(ask('HTTP probe failed with statuscode: 401').headline).toContain(
      'statuscode: 401; the path wants a login, and a probe has none',
    );
  });

  it('a redirect to HTTPS, which is not the port that was asked', () => {
    const { headline, fixes } = ask(
      'Get "https://10.1.0.7/health": dial tcp 10.1.0.7:443: connect: connection refused',
    );
    expect(headline).toContain('it is redirected to https://10.1.0.7/health: dial tcp 10.1.0.7:443');
    expect(fixes[0]).toContain('{"name":"X-Forwarded-Proto","value":"https"}');
    const plain = 'Get "http://[fd00::7]:8080/health": dial tcp [fd00::7]:8080: connect: connection refused';
    expect(ask(plain).headline).toContain('connection refused on port 8080');
  });

  it('a mesh that may not answer the probe', () => {
    const annotations = { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' };
    const beside = [{ name: 'istio-proxy', restartPolicy: 'Always' }];
    const reset =
      'Get "http://10.1.0.7:8080/health": read tcp 10.1.0.1:1->10.1.0.7:8080: read: connection reset by peer';
    const { headline, fixes } = ask(reset, { annotations, beside });
    expect(headline).toContain('rewriteAppHTTPProbers is false, so the mesh takes the probe for a caller without');
    expect(fixes[0]).toContain('"sidecar.istio.io/rewriteAppHTTPProbers":"true"');
    expect(ask(reset, { annotations }).headline).not.toContain('mesh');
  });

  it('a Host header of the probe, which another virtual server may have', () => {
    const headers = [
      { name: 'X-Probe', value: 'yes' },
      { name: 'Host', value: 'old.example.com' },
    ];
    const { headline, fixes } = ask(NOT_FOUND, { headers });
    expect(headline).toContain('the probe asks for Host old.example.com');
    expect(fixes[0]).toContain('"httpHeaders":[{"name":"X-Probe","value":"yes"}]');
    expect(ask('HTTP probe failed with statuscode: 500', { headers }).headline).not.toContain('asks for Host');
    expect(ask(NOT_FOUND, { headers: headers.slice(0, 1) }).headline).not.toContain('asks for Host');
  });

  it('a refused connection where the container listens on another port, or for itself alone', () => {
    const refused = 'Get "http://10.1.1.1:8080/health": dial tcp 10.1.1.1:8080: connect: connection refused';
    const side = (more: Partial<Container>) => {
      const readinessProbe = { httpGet: { path: '/health', port: 8080 } };
      const made = unready('web-6f9c-a', { ports: [], readinessProbe, ...more }, { of: 'web' });
      const told = event(made, 'Unhealthy', `Readiness probe failed: ${refused}`, { count: 40 });
      const other = service('web', { ports: [{ port: 80, targetPort: 7000 }] });
      return diagnoseObjects([other, deployment('web'), made, told], 'web')
        .causes.map(({ summary }) => summary)
        .join();
    };
    expect(side({ args: ['serve', '9090'] })).toContain('refused on port 8080; it listens on 9090 (serve 9090)');
    expect(side({ command: ['httpd', '-f', '-p', '127.0.0.1:8080'] })).toContain(
      '; it listens on 127.0.0.1 only (httpd',
    );
    expect(side({ args: ['serve', '8080'] })).not.toContain('it listens');
    expect(side({ args: ['serve', '9090', '9091'] })).not.toContain('it listens');
  });
});
