import { describe, expect, it } from 'vitest';
import { listenersOfLog } from './log-listeners.ts';

describe('listenersOfLog', () => {
  const cases: readonly (readonly [line: string, listener: string | undefined])[] = [
    ['Listening on port 3000', 'untold:3000'],
    ['listening on 127.0.0.1:8080', 'loopback:8080'],
    ['Server listening at http://localhost:5173/', 'loopback:5173'],
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

  it('copes with a log of a million lines', () => {
    const log = `${'x\n'.repeat(1_000_000)}listening on :8080\n`;
    expect(listenersOfLog(log)).toHaveLength(1);
  });
});
