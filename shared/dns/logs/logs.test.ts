import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogLine } from './parse-line.ts';
import { plainLog } from './plain-log.ts';
import { outsideName, summariseLogs } from './summarise.ts';

describe('parseLogLine', () => {
  it.each([
    ['[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see …', { meaning: 'loop', zone: '.' }],
    [
      '2019-01-01T00:00:00Z [FATAL] plugin/loop: Seen "HINFO IN 1.2." more than twice, loop detected',
      { meaning: 'loop', zone: '.' },
    ],
    [
      '[ERROR] plugin/errors: 2 example.com. A: read udp 10.1.0.5:4->10.0.0.2:53: i/o timeout',
      { meaning: 'upstream-timeout', upstream: '10.0.0.2:53', name: 'example.com.' },
    ],
    [
      '[ERROR] plugin/errors: 2 example.com. A: read udp [fd00::5]:4->[fd00::2]:53: i/o timeout',
      { meaning: 'upstream-timeout', upstream: '[fd00::2]:53' },
    ],
    [
      '[ERROR] plugin/errors: 2 b.example. AAAA: dial tcp 10.0.0.2:53: connect: connection refused',
      { meaning: 'upstream-refused', upstream: '10.0.0.2:53' },
    ],
    [
      '[ERROR] plugin/errors: 2 b.example. A: dial udp 10.0.0.2:53: connect: network is unreachable',
      { meaning: 'upstream-unreachable' },
    ],
    ['[ERROR] plugin/errors: 2 b.example. A: dial udp: socket: too many open files', { meaning: 'too-many-files' }],
    [
      '[ERROR] plugin/errors: 2 b.example. A: concurrent queries exceeded maximum 1000',
      { meaning: 'too-many-queries' },
    ],
    [
      'I0101 10:00:00.1 1 nanny.go:146] dnsmasq[9]: Maximum number of concurrent DNS queries reached (max: 1500)',
      { meaning: 'too-many-queries' },
    ],
    ['[ERROR] plugin/errors: 2 b.example. A: no healthy proxies', { meaning: 'upstream-unhealthy' }],
    [
      '[ERROR] plugin/errors: 2 b.example. A: tls: failed to verify certificate: x509: certificate signed by unknown authority',
      { meaning: 'upstream-unusable' },
    ],
    ['[ERROR] plugin/errors: 2 b.example. A: EOF', { meaning: 'upstream-unusable' }],
    [
      '[ERROR] plugin/errors: 2 b.example. A: read tcp 10.1.0.5:4->10.0.0.2:53: read: connection reset by peer',
      { meaning: 'upstream-unusable', upstream: '10.0.0.2:53' },
    ],
    ['[ERROR] plugin/errors: 2 b.example. A: dns: overflowing header size', { meaning: 'upstream-unusable' }],
    ['[ERROR] plugin/errors: 2 b.example. A: plugin/x: no next plugin found', { meaning: 'other-error' }],
    ['[ERROR] plugin/errors: 2 b.example. A: unreachable backend: no upstream host', { meaning: 'upstream-unhealthy' }],
    [
      "[WARNING] plugin/errors: 57 errors like '^.* i/o timeout$' occurred in last 30s",
      { meaning: 'upstream-timeout', count: 57 },
    ],
    [
      '[ERROR] plugin/reload: Corefile parse failed: Corefile:3 - Error during parsing: Unknown directive "x"',
      { meaning: 'reload-refused' },
    ],
    ['[WARNING] plugin/reload: Corefile changed but reload failed: plugin/cache: bad', { meaning: 'reload-refused' }],
    [
      '[WARNING] plugin/health: Local health request to "http://:8080/health" took more than 1s: 1.2s',
      { meaning: 'overload' },
    ],
    ['[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API', { meaning: 'api-unreachable' }],
    [
      'W0101 10:00:00.000000       1 reflector.go:561] pkg/mod/k8s.io: failed to list *v1.Service: dial tcp 10.96.0.1:443: i/o timeout',
      { meaning: 'api-unreachable' },
    ],
    ['[INFO] plugin/ready: Plugins not ready: "kubernetes"', { meaning: 'not-ready' }],
    ['[INFO] plugin/ready: Still waiting on: "kubernetes"', { meaning: 'not-ready' }],
    ["/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'foward'", { meaning: 'start-refused' }],
    ['plugin/forward: not an IP address or file: "nowhere"', { meaning: 'start-refused' }],
    ['Listen: listen tcp :53: bind: permission denied', { meaning: 'start-refused' }],
    ['[WARNING] No files matching import glob pattern: custom/*.override', { meaning: 'import-empty' }],
    ['CoreDNS-1.12.4', { meaning: 'started' }],
    ['[INFO] SIGTERM: Shutting down servers then terminating', { meaning: 'stopped' }],
    ['panic: runtime error: index out of range [0] with length 0', { meaning: 'panic' }],
  ])('%s', (line, expected) => {
    expect(parseLogLine(line)).toMatchObject(expected);
    expect(parseLogLine(`[pod/coredns-1/coredns] 2026-01-01T00:00:00.000Z ${line}`)).toMatchObject({
      meaning: expected.meaning,
    });
  });

  it.each([
    [
      '[INFO] 10.244.1.7:40123 - 12345 "A IN Web.Shop.svc.cluster.local. udp 60 false 512" NXDOMAIN qr,aa,rd 153 0.000123s',
      { client: '10.244.1.7', type: 'A', name: 'web.shop.svc.cluster.local.', rcode: 'NXDOMAIN', seconds: 0.000123 },
    ],
    [
      '[INFO] [fd00::7]:40123 - 1 "AAAA IN a.example. tcp 60 true 1232" NOERROR qr,rd,ra 153 1.5s',
      { client: 'fd00::7', seconds: 1.5 },
    ],
    ['[INFO] 10.0.0.1:1 - 1 "QUERY A IN a.example. udp 60 false 512" SERVFAIL qr 153 0.1s', { rcode: 'SERVFAIL' }],
    ['[INFO] 10.0.0.1:1 - 1 "A IN a.example. udp 60 false 512" - - 0 4.001s', { rcode: '-' }],
  ])('reads the query log: %s', (line, expected) => {
    expect(parseLogLine(line)?.query).toMatchObject(expected);
  });

  it.each([
    '.:53',
    'linux/amd64, go1.26.8,',
    '',
    '[INFO] plugin/reload: Running configuration SHA512 = abc',
    'maxprocs: Leaving GOMAXPROCS=2',
  ])('says nothing of its own: %j', (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => void parseLogLine(`[ERROR] plugin/errors: ${text}`),
      ),
    );
  });
});

describe('summariseLogs', () => {
  it('counts by meaning, with upstreams, names and servers', () => {
    const line = (name: string) =>
      `[ERROR] plugin/errors: 2 ${name} A: read udp 10.1.0.5:4->10.0.0.2:53: i/o timeout\n`;
    const { groups } = summariseLogs([
      { pod: 'a', text: line('x.example.') + line('x.example.') + line('y.example.') },
      { pod: 'b', text: line('y.example.') },
    ]);
    expect(groups).toMatchObject([
      {
        meaning: 'upstream-timeout',
        count: 4,
        pods: ['a', 'b'],
        upstreams: [{ what: '10.0.0.2:53', count: 4 }],
        names: [
          { what: 'x.example.', count: 2 },
          { what: 'y.example.', count: 2 },
        ],
      },
    ]);
  });

  it.each([
    ['api.example.com.shop.svc.cluster.local.', 'api.example.com'],
    ['api.example.com.svc.cluster.local.', 'api.example.com'],
    ['api.example.com.cluster.local.', 'api.example.com'],
    ['web.shop.svc.cluster.local.', undefined],
    ['db-0.db.shop.svc.cluster.local.', undefined],
    ['web.cluster.local.', undefined],
    ['api.example.com.', undefined],
  ])('%s is a miss of the search list for %s', (name, outside) => {
    expect(outsideName(name, 'cluster.local')).toBe(outside);
  });
});

describe('plainLog', () => {
  it('reads the records of CoreDNS 1.15 as the lines of all other versions', () => {
    const record = (fields: object) => JSON.stringify({ time: '2026-11-01T00:00:00Z', ...fields });
    const query = '10.1.0.9:4711 - 1 "A IN a.b. udp 30 false 512" NOERROR qr 50 0.001s';
    const text = [
      record({ level: 'ERROR', msg: '2 a.b. A: read udp 10.1.0.5:4->10.0.0.2:53: i/o timeout', plugin: 'errors' }),
      record({ level: 'WARN', msg: 'starting server with unsynced Kubernetes API', plugin: 'kubernetes' }),
      record({ level: 'INFO', msg: query, plugin: 'log', qname: 'a.b.' }),
      record({ level: 'INFO', msg: 'CoreDNS-1.15.0' }),
      '{"level": 3}',
    ].join('\n');
    expect(plainLog(text).split('\n')).toEqual([
      '[ERROR] plugin/errors: 2 a.b. A: read udp 10.1.0.5:4->10.0.0.2:53: i/o timeout',
      '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
      `[INFO] ${query}`,
      '[INFO] CoreDNS-1.15.0',
      '{"level": 3}',
    ]);
    const { groups, queries } = summariseLogs([{ pod: 'a', text }]);
    expect(groups.map(({ meaning }) => meaning)).toEqual(
      expect.arrayContaining(['upstream-timeout', 'api-unreachable']),
    );
    expect(queries?.queries).toBe(1);
  });
});
