import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { Container, Probe } from '../../../../shared/model/objects-pod.ts';
import { type BrokenOptions, unready } from '../../../../shared/testing/broken-pods.ts';
import { deployment, event, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const http = (path: string, port: number | string, more: Partial<Probe> = {}): Probe => ({
  httpGet: { path, port },
  ...more,
});

/** Both pods of Deployment web with this container, and the same event on each. */
function failing(container: Partial<Container>, message: string | undefined, options: BrokenOptions = {}) {
  const pods = ['a', 'b'].map((id) => unready(`web-6f9c-${id}`, container, { of: 'web', age: 600, ...options }));
  const events =
    message === undefined
      ? []
      : pods.map((made) => event(made, 'Unhealthy', message, { count: 40, fieldPath: 'spec.containers{app}' }));
  const objects: KubeObject[] = [
    web,
    deployment('web', { app: 'web' }, { replicas: 2 }),
    ...pods,
    ...events,
    ...slicesFor(web, pods),
  ];
  return diagnoseObjects(objects, 'web', message === undefined ? { except: { Event: 'notCollected' } } : {});
}

const facts = (report: ReturnType<typeof diagnoseObjects>): string =>
  (report.causes[0]?.evidence ?? []).map((entry) => entry.fact).join('\n');

describe('what a probe is answered', () => {
  it('names status, probe, container and since when', () => {
    const report = failing(
      { readinessProbe: http('/healthz', 8080) },
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
    expect(causeCodes(report)).toEqual(['SVC301']);
    expect(report.headline).toBe(
      'readiness probe http-get :8080/healthz of container app fails in both pods of Deployment web: HTTP probe failed with statuscode: 503, never ready since it started 10m ago',
    );
    expect(facts(report)).toContain('periodSeconds 10, timeoutSeconds 1, failureThreshold 3');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl get --raw /api/v1/namespaces/shop/pods/web-6f9c-a:8080/proxy/healthz',
    );
  });

  it('asks for the path that the liveness probe gets, when the path is not there', () => {
    const report = failing(
      { readinessProbe: http('/ready', 8080), livenessProbe: http('/healthz', 8080) },
      'Readiness probe failed: HTTP probe failed with statuscode: 404',
    );
    expect(causeCodes(report)).toEqual(['SVC301']);
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"httpGet":{"path":"/healthz"}}}]}}}}'`,
      undo: `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"app","readinessProbe":{"httpGet":{"path":"/ready"}}}]}}}}'`,
    });
  });

  it('tells a wrong port from an app that does not listen', () => {
    const refused =
      'Readiness probe failed: Get "http://10.244.0.93:8081/healthz": dial tcp 10.244.0.93:8081: connect: connection refused';
    const wrong = failing({ readinessProbe: http('/healthz', 8081) }, refused);
    expect(causeCodes(wrong)).toEqual(['SVC308']);
    expect(wrong.headline).toContain(
      'connection refused on port 8081, which the container does not declare (it declares 8080)',
    );
    expect(wrong.causes[0]?.fixes[0]?.command).toContain('"readinessProbe":{"httpGet":{"port":8080}}');
    const down = failing({ readinessProbe: http('/healthz', 8080) }, refused.replaceAll('8081', '8080'));
    expect(causeCodes(down)).toEqual(['SVC302']);
    expect(down.headline).toContain('connection refused on port 8080');
  });

  it('tells where a redirect leads that nobody answers', () => {
    const report = failing(
      { readinessProbe: http('/healthz', 8080), ports: [{ containerPort: 8080 }] },
      'Readiness probe failed: Get "https://10.244.0.5:8443/": dial tcp 10.244.0.5:8443: connect: connection refused',
    );
    expect(report.headline).toContain(
      'both pods of Deployment web: it is redirected to https://10.244.0.5:8443/: dial tcp 10.244.0.5:8443: connect: connection refused',
    );
  });

  it('raises the timeout of a probe that is too strict', () => {
    const report = failing(
      { readinessProbe: http('/healthz', 8080, { timeoutSeconds: 1 }) },
      'Readiness probe failed: Get "http://10.244.1.5:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    );
    expect(causeCodes(report)).toEqual(['SVC303']);
    expect(report.headline).toContain('no answer within timeoutSeconds 1');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"readinessProbe":{"timeoutSeconds":5}');
  });

  it.each([
    ['50m', 'no answer within timeoutSeconds 1 under a CPU limit of 50m', '"limits":{"cpu":"500m"}'],
    ['2', 'no answer within timeoutSeconds 1 (Get', '"timeoutSeconds":5'],
  ])('gives a container more CPU that has %s and does not answer in time', (cpu, words, fix) => {
    const report = failing(
      { readinessProbe: http('/healthz', 8080), resources: { limits: { cpu } } },
      'Readiness probe failed: Get "http://10.244.1.5:8080/healthz": context deadline exceeded',
    );
    expect(report.headline).toContain(words);
    expect(report.causes[0]?.fixes[0]?.command).toContain(fix);
  });

  it('knows port names that the container does not have, without events too', () => {
    const probe = { readinessProbe: http('/healthz', 'http') };
    const told = failing(
      probe,
      'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "http": invalid syntax',
    );
    expect(causeCodes(told)).toEqual(['SVC304']);
    expect(told.headline).toContain('no port of the container is called "http" (it declares 8080)');
    expect(causeCodes(failing(probe, undefined))).toEqual(['SVC304']);
  });

  it('tells HTTPS from HTTP', () => {
    const report = failing(
      { readinessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTPS' } } },
      'Readiness probe failed: Get "https://10.244.1.98:8080/healthz": http: server gave HTTP response to HTTPS client',
    );
    expect(causeCodes(report)).toEqual(['SVC305']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('{"scheme":"HTTP"}');
    const noise = failing(
      { readinessProbe: http('/', 8080) },
      'Readiness probe failed: Get "http://10.244.1.98:8080/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"',
    );
    expect(causeCodes(noise)).toEqual(['SVC305']);
    expect(noise.causes[0]?.fixes[0]?.command).toContain('{"scheme":"HTTPS"}');
  });

  it('takes 400 of a TLS port for plain HTTP sent to it', () => {
    const status = 'Readiness probe failed: HTTP probe failed with statuscode: 400';
    const tls = failing({ readinessProbe: http('/healthz', 8443) }, status);
    expect(causeCodes(tls)).toEqual(['SVC305']);
    expect(tls.causes[0]?.fixes[0]?.command).toContain('{"scheme":"HTTPS"}');
    expect(causeCodes(failing({ readinessProbe: http('/healthz', 8080) }, status))).toEqual(['SVC301']);
  });

  it('quotes the output of a command, and replaces one that the image does not have', () => {
    const output = failing(
      { readinessProbe: { exec: { command: ['cat', '/tmp/ready'] } } },
      "Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory",
    );
    expect(causeCodes(output)).toEqual(['SVC306']);
    expect(output.headline).toContain(
      "readiness probe exec [cat /tmp/ready] of container app fails in both pods of Deployment web: cat: can't open '/tmp/ready'",
    );
    const missing = failing(
      { readinessProbe: { exec: { command: ['curl', 'localhost:8080'] } } },
      'Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "7409": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown',
    );
    expect(missing.headline).toContain('exec: "curl": executable file not found in $PATH,');
    expect(missing.causes[0]?.fixes[0]?.command).toContain('"readinessProbe":{"exec":null,"tcpSocket":{"port":8080}}');
    const slow = failing(
      { readinessProbe: { exec: { command: ['sleep', '5'] } } },
      'Readiness probe failed: command timed out: "sleep 5" timed out after 1s',
    );
    expect(causeCodes(slow)).toEqual(['SVC303']);
  });

  it('tells what a gRPC server said', () => {
    const probe = { readinessProbe: { grpc: { port: 8080 } } };
    const no = failing(probe, 'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")');
    expect(causeCodes(no)).toEqual(['SVC307']);
    expect(no.headline).toContain('NOT_SERVING');
    const none = failing(
      probe,
      'Readiness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
    );
    expect(none.causes[0]?.fixes[0]?.command).toContain('"grpc":null,"tcpSocket":{"port":8080}');
    const unheard = (port: number) =>
      failing(
        { readinessProbe: { grpc: { port } } },
        `Readiness probe failed: timeout: failed to connect service "10.1.1.1:${port}" within 1s: context deadline exceeded`,
      ).headline;
    expect(unheard(9090)).toContain('the container does not declare port 9090 (it declares');
    expect(unheard(8080)).not.toContain('does not declare');
  });

  it('still names container and probe without events', () => {
    const report = failing({ readinessProbe: http('/healthz', 8080) }, undefined);
    expect(causeCodes(report)).toEqual(['SVC309']);
    expect(report.headline).toContain('readiness probe http-get :8080/healthz of container app');
    expect(report.causes[0]?.confidence).toBe('likely');
  });
});
