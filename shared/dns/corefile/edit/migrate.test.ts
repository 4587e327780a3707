import { describe, expect, it } from 'vitest';
import { judgeCorefile } from '../judge.ts';
import { migrateCorefile } from './migrate.ts';

/** Lines of a block inside of `.:53 { … }`, migrated; what comes out starts, and migrating it again changes nothing. */
function migrated(lines: readonly string[], to = '1.12.4') {
  const result = migrateCorefile(`.:53 {\n${lines.map((line) => `    ${line}\n`).join('')}}\n`, { to });
  expect(result.left).toEqual([]);
  expect(judgeCorefile({ text: result.text, version: to }).valid).toBe(true);
  expect(migrateCorefile(result.text, { to })).toEqual({ text: result.text, changes: [], left: [] });
  return result;
}

const inner = (text: string): readonly string[] =>
  text
    .split('\n')
    .slice(1, -2)
    .map((line) => line.trim());

describe('migrateCorefile', () => {
  it.each([
    ['proxy . 8.8.8.8', '1.4.0', 'proxy . 8.8.8.8'],
    ['proxy . 8.8.8.8', '1.5.0', 'forward . 8.8.8.8'],
    ['startup /bin/true', '1.12.4', 'on startup /bin/true'],
    ['shutdown /bin/true -x', '1.12.4', 'on shutdown /bin/true -x'],
  ])('%s for %s', (line, to, expected) => {
    expect(inner(migrated([line], to).text)).toEqual([expected]);
  });

  it.each<readonly [readonly string[], readonly string[]]>([
    [
      ['proxy . 127.0.0.1:9005 {', 'protocol grpc insecure', 'policy least_conn', '}'],
      ['grpc . 127.0.0.1:9005 {', 'policy random', '}'],
    ],
    [
      ['proxy . 127.0.0.1:9005 {', 'protocol grpc ca.pem', 'except a.example', '}'],
      ['grpc . 127.0.0.1:9005 {', 'tls ca.pem', 'except a.example', '}'],
    ],
    [
      ['proxy . 8.8.8.8 {', 'protocol dns force_tcp', 'policy first', 'max_fails 3', '}'],
      ['forward . 8.8.8.8 {', 'force_tcp', 'policy sequential', 'max_fails 3', '}'],
    ],
    [['proxy . 8.8.8.8 {', 'protocol dns', '}'], ['forward . 8.8.8.8']],
    [
      ['file db.a a.example {', 'no_reload # by hand', 'upstream 1.1.1.1', '}'],
      ['file db.a a.example {', 'reload 0 # by hand', 'upstream 1.1.1.1', '}'],
    ],
    [
      ['auto a.example {', 'directory /zones db\\.(.*) {1} 60', '}'],
      ['auto a.example {', 'directory /zones db\\.(.*) {1}', 'reload 60s', '}'],
    ],
    [
      ['secondary a.example {', 'transfer from 10.0.0.3', 'transfer to *', '}'],
      ['secondary a.example {', 'transfer from 10.0.0.3', '}', 'transfer a.example {', 'to *', '}'],
    ],
    [
      ['header {', 'set ra aa', 'clear rd', '}'],
      ['header {', 'response set ra aa', 'response clear rd', '}'],
    ],
  ])('%j', (lines, expected) => {
    const { text, changes } = migrated(lines);
    expect(inner(text)).toEqual(expected);
    expect(changes.length).toBeGreaterThan(0);
  });

  it('names every option of proxy that nothing takes the place of', () => {
    const { changes } = migrated(['proxy . 8.8.8.8 {', 'fail_timeout 5s', 'spray', 'protocol https_google', '}']);
    expect(changes.join()).toContain('"fail_timeout 5s", "spray", "protocol https_google" have no successor');
  });

  it('takes out what is unknown even where another line cannot be mended', () => {
    const text = '.:53 {\n    forward . nowhere\n    kubernetes cluster.local {\n        wibble\n    }\n}\n';
    const { left, changes } = migrateCorefile(text, { to: '1.12.4' });
    expect(changes.join()).toContain('"wibble" is taken out');
    expect(left.join()).toContain('nowhere');
  });

  it('keeps comments and the order of what stays', () => {
    const { text } = migrated(['# names of the office', 'proxy . 8.8.8.8 # both lines', 'cache 30', 'errors']);
    expect(inner(text)).toEqual(['# names of the office', 'forward . 8.8.8.8 # both lines', 'cache 30', 'errors']);
  });
});
