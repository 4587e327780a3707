import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from './objects.ts';
import { classifyProbeFailure, formatProbe, lastProbeFailure, probeTimes } from './pod-state-probe.ts';

describe('classifyProbeFailure', () => {
  it.each([
    ['HTTP probe failed with statuscode: 503', 'http-status'],
    ['Get "http://10.1.1.1:8081/": dial tcp 10.1.1.1:8081: connect: connection refused', 'refused'],
    ['dial tcp 10.1.1.1:5432: connect: connection refused', 'refused'],
    [
      'Get "http://10.1.1.1:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'timeout',
    ],
    [
      'Get "http://10.1.1.1:80/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      'timeout',
    ],
    ['dial tcp 10.1.1.1:80: i/o timeout', 'timeout'],
    ['command timed out: "sleep 5" timed out after 1s', 'exec-timeout'],
    [
      'rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded',
      'exec-timeout',
    ],
    ['strconv.Atoi: parsing "http": invalid syntax', 'unknown-port'],
    ['Get "https://10.1.1.1:80/": http: server gave HTTP response to HTTPS client', 'server-speaks-http'],
    ['Get "https://10.1.1.1:80/": tls: first record does not look like a TLS handshake', 'server-speaks-http'],
    [
      'Get "http://10.1.1.1:443/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03"',
      'server-speaks-tls',
    ],
    ['service unhealthy (responded with "NOT_SERVING")', 'grpc-not-serving'],
    [
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service',
      'grpc-unimplemented',
    ],
    ['timeout: failed to connect service "10.1.1.1:9090" within 1s: context deadline exceeded', 'timeout'],
    [
      'rpc error: code = Unknown desc = failed to exec in container: failed to start exec "x": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown',
      'exec-missing',
    ],
    ["cat: can't open '/tmp/ready': No such file or directory", 'exec'],
    ['', 'exec'],
    ['Get "http://10.1.1.1:80/": dial tcp 10.1.1.1:80: connect: no route to host', 'no-route'],
    ['Get "http://10.1.1.1:80/": EOF', 'reset'],
    ['Get "http://db/": dial tcp: lookup db on 10.0.0.1:53: no such host', 'dns'],
    ['Get "http://10.1.1.1:80/": stopped after 10 redirects', 'other'],
  ])('%s', (message, kind) => {
    expect(classifyProbeFailure(message).kind).toBe(kind);
  });
});

describe('lastProbeFailure', () => {
  const event = (message: string, container: string | undefined, lastSeen: string): ClusterEvent => ({
    type: 'Warning',
    reason: 'Unhealthy',
    message,
    object: { kind: 'Pod', ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }) },
    count: 3,
    firstSeen: lastSeen,
    lastSeen,
    source: 'kubelet',
  });

  it('takes the latest event of the container and the probe', () => {
    const events = [
      event('Readiness probe failed: HTTP probe failed with statuscode: 500', 'app', '2026-01-01T00:00:00Z'),
      event('Readiness probe failed: HTTP probe failed with statuscode: 503', 'app', '2026-01-01T00:01:00Z'),
      event('Liveness probe failed: HTTP probe failed with statuscode: 404', 'app', '2026-01-01T00:02:00Z'),
      event('Readiness probe failed: HTTP probe failed with statuscode: 401', 'proxy', '2026-01-01T00:03:00Z'),
    ];
    expect(lastProbeFailure(events, 'app', 'readiness', false)).toMatchObject({ kind: 'http-status', status: 503 });
    expect(lastProbeFailure(events, 'app', 'startup', false)).toBeUndefined();
  });

  it('takes an event without a container only when it can mean no other', () => {
    const events = [event('Readiness probe errored: rpc error', undefined, '2026-01-01T00:00:00Z')];
    expect(lastProbeFailure(events, 'app', 'readiness', true)?.message).toBe('rpc error');
    expect(lastProbeFailure(events, 'app', 'readiness', false)).toBeUndefined();
  });
});

describe('formatProbe and probeTimes', () => {
  it('writes probes as people know them', () => {
    expect(formatProbe({ httpGet: { port: 8080, path: 'healthz' } })).toBe('http-get :8080/healthz');
    expect(formatProbe({ httpGet: { port: 'web', scheme: 'HTTPS' } })).toBe('https-get :web/');
    expect(formatProbe({ tcpSocket: { port: 5432 } })).toBe('tcp :5432');
    expect(formatProbe({ grpc: { port: 9090, service: 'shop' } })).toBe('grpc :9090 service shop');
    expect(formatProbe({ exec: { command: ['cat', '/tmp/ready'] } })).toBe('exec [cat /tmp/ready]');
  });

  it('fills in the defaults of the API', () => {
    expect(probeTimes({})).toEqual({
      initialDelay: 0,
      period: 10,
      timeout: 1,
      failureThreshold: 3,
      successThreshold: 1,
      budget: 30,
    });
  });
});
