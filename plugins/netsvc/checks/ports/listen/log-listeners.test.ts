import { describe, expect, it } from 'vitest';
import { listenersOfLog } from './log-listeners.ts';

describe('listenersOfLog', () => {
  const cases: readonly (readonly [line: string, listener: string | undefined])[] = [
    ['Listening on port 3000', 'untold:3000'],
    ['listening on 127.0.0.1:8080', 'loopback:8080'],
    ['Server listening at http://localhost:3000/', 'untold:3000'],
    ['listening on localhost:8080', 'loopback:8080'],
    ['Now listening on: http://localhost:5000', 'loopback:5000'],
    ['  ➜  Local:   http://localhost:5173/', 'untold:5173'],
    ['{"level":"INFO","msg":"starting HTTP server","addr":"127.0.0.1:8080"}', 'loopback:8080'],
    ['Broker 10.0.0.7:9092 is ready', undefined],
    ["mysqld: ready for connections. Version: '8.4.2'  socket: '/s'  port: 3307  MySQL", 'untold:3307'],
    ['ready for connections to upstream on port 3307', undefined],
    ['Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...', 'any:8000'],
    ['INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)', 'loopback:8000'],
    [' * Running on http://127.0.0.1:5000', 'loopback:5000'],
    ['[2026-03-01] [INFO] Listening at: http://0.0.0.0:8000 (1)', 'any:8000'],
    ['Tomcat started on port(s): 8080 (http) with context path', 'untold:8080'],
    ['Tomcat started on port 9090 (http)', 'untold:9090'],
    ['Now listening on: http://[::]:8080', 'any:8080'],
    ['{"level":"info","msg":"listening","addr":":8080"}', 'any:8080'],
    ['level=info msg="server started" addr=127.0.0.1:9090', 'loopback:9090'],
    ['connecting to database at 127.0.0.1:5432 started', undefined],
    ['upstream 10.0.0.7:8080 is running', undefined],
    ['GET /listen 200 8080', undefined],
    ['2026-03-01T10:00:00 started in 3.2 seconds', undefined],
  ];
  for (const [line, expected] of cases) {
    it(`reads ${expected ?? 'nothing'} from "${line}"`, () => {
      expect(listenersOfLog(line).map(({ host, port }) => `${host}:${port}`)).toEqual(
        expected === undefined ? [] : [expected],
      );
    });
  }

  it('tells metrics and admin sockets from the app', () => {
    const [listener] = listenersOfLog('metrics server listening on :9090');
    expect(listener).toMatchObject({ port: 9090, role: 'side' });
  });

  it('takes what Vite serves for the developer alone for a loopback address', () => {
    const log =
      'VITE v5.4.8  ready in 312 ms\n\n  ➜  Local:   http://localhost:5173/\n  ➜  Network: use --host to expose\n';
    expect(listenersOfLog(log)).toMatchObject([{ port: 5173, host: 'loopback' }]);
  });

  it('counts an address only where it is one of the pod', () => {
    const log = 'Listening on 10.244.1.9:8080';
    expect(listenersOfLog(log)).toEqual([]);
    expect(listenersOfLog(log, ['10.244.1.9'])).toMatchObject([{ port: 8080, host: 'any' }]);
  });

  it('quotes the telling part of a long line', () => {
    const line =
      "2026-11-20T02:00:06.101Z  INFO 1 --- [orders] [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port 9080 (http) with context path '/'";
    expect(listenersOfLog(line)[0]?.words).toContain('Tomcat started on port 9080');
  });

  it('copes with a log of a million lines', () => {
    const log = `${'x\n'.repeat(1_000_000)}listening on :8080\n`;
    expect(listenersOfLog(log)).toHaveLength(1);
  });
});
