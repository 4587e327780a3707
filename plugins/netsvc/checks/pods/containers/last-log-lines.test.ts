import { describe, expect, it } from 'vitest';
import { lastErrorLine, lastLogLines } from './last-log-lines.ts';

describe('lastLogLines', () => {
  it('gives the last three lines that say something', () => {
    expect(lastLogLines('a\nb\n\nc\r\nd\n\n')).toEqual(['b', 'c', 'd']);
    expect(lastLogLines('')).toEqual([]);
    expect(lastLogLines(undefined)).toEqual([]);
    expect(lastLogLines('unable to retrieve container logs for containerd://ba0c6019c8d8')).toEqual([]);
  });

  it('keeps a long line short and a terminal clean', () => {
    const [line = ''] = lastLogLines(`\u001b[31m${'x'.repeat(500)}\u0007`);
    expect(line.length).toBeLessThanOrEqual(160);
    expect(line).not.toContain('\u001b');
  });
});

describe('lastErrorLine', () => {
  it.each([
    ['fixing rights\nchown: /data: Operation not permitted\n', 'chown: /data: Operation not permitted'],
    [
      'panic: no route\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:15 +0x1d\nexit status 2',
      'panic: no route',
    ],
    [
      'Traceback (most recent call last):\n  File "a.py", line 1\nModuleNotFoundError: No module named \'flask\'',
      "ModuleNotFoundError: No module named 'flask'",
    ],
    [
      "Error: Cannot find module '/app/x'\n    at load (node:internal:1)\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20.1.0",
      "Error: Cannot find module '/app/x'",
    ],
    [
      'Caused by: java.net.BindException: Address in use\n\tat a.b.C(D.java:1)\n\t... 42 more',
      'Caused by: java.net.BindException: Address in use',
    ],
    ['Error: no config\nnpm ERR! code ELIFECYCLE\nnpm ERR! errno 1', 'Error: no config'],
    ['2026-11-28T19:59:55Z FATAL password authentication failed', 'FATAL password authentication failed'],
    ['listen tcp :80: bind: permission denied', 'listen tcp :80: bind: permission denied'],
    ['INFO 0 errors found\nINFO shutting down', undefined],
    ['I1128 03:10:02.123456 1 main.go:3] "0 errors"', undefined],
    [
      '{"level":"error","message":"checks failed\\n[1]: max_map_count is too low; for more information see [https://x]"}\n' +
        'ERROR: Elasticsearch did not exit normally - check the logs\nERROR: exited unexpectedly, with exit code 78',
      'checks failed [1]: max_map_count is too low',
    ],
    [
      `{"level":"fatal","msg":"login failed","error":"Put \\"https://vault/${'x'.repeat(200)}\\": x509: unknown authority"}`,
      expect.stringMatching(/^login failed: Put .*…x+": x509: unknown authority$/),
    ],
    [
      "Unrecognized VM option 'UseG1G'\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.",
      "Unrecognized VM option 'UseG1G'",
    ],
    ['starting', undefined],
  ])('%j', (text, line) => {
    expect(lastErrorLine(text)).toEqual(line);
  });

  it('never holds a password', () => {
    expect(lastErrorLine('Error: cannot connect to postgres://shop:hunter2@db/shop')).not.toContain('hunter2');
  });
});
