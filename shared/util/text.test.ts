import { describe, expect, it } from 'vitest';
import { shortenMiddle, withoutLogHead, wrap } from './text.ts';

describe('wrap', () => {
  it('breaks at blanks', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  });

  it('breaks a list of labels that is longer than a line after its commas', () => {
    expect(wrap('selects app=web,tier=api,track=stable, which', 20, '  ')).toEqual([
      '  selects app=web,',
      '  tier=api,',
      '  track=stable,',
      '  which',
    ]);
  });

  it('keeps any other long word whole, and a short list', () => {
    expect(wrap('see https://example.com/a/long/path now', 12)).toEqual([
      'see',
      'https://example.com/a/long/path',
      'now',
    ]);
    expect(wrap('has a=1,b=2', 20)).toEqual(['has a=1,b=2']);
  });
});

describe('shortenMiddle', () => {
  it('keeps what a chain of errors ends with', () => {
    const chain = `Put "https://vault.vault.svc:8200/v1/auth/${'x'.repeat(80)}": tls: failed: x509: unknown authority`;
    const cut = shortenMiddle(chain, 80);
    expect(cut).toHaveLength(80);
    expect(cut).toMatch(/^Put "https:\/\/vault.*….*x509: unknown authority$/);
    expect(shortenMiddle('a\n b', 80)).toBe('a b');
  });
});

describe('withoutLogHead', () => {
  it.each([
    ['E1128 13:43:02.577725       1 run.go:72] "command failed"', '"command failed"'],
    ['{"level":"error","msg":"no address","error":"timeout"}', 'no address: timeout'],
    ['{"level":"info","message":"starts"}', 'starts'],
    ['{"message":"query failed","err":{"type":"Error","message":"refused"}}', 'query failed: refused'],
    [
      'E1128 03:10:02.123456       1 reflector.go:158] "Unhandled Error" err="User \\"a\\" cannot list \\"pods\\""',
      'Unhandled Error: User "a" cannot list "pods"',
    ],
    ['time="2026-11-28T03:10:02Z" level=fatal msg="no start" error="no such host"', 'no start: no such host'],
    ['{"a": broken', '{"a": broken'],
    ['plain words', 'plain words'],
  ])('%s', (line, said) => {
    expect(withoutLogHead(line)).toBe(said);
  });
});
