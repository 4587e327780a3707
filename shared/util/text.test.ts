import { describe, expect, it } from 'vitest';
import { withoutLogHead, wrap } from './text.ts';

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

describe('withoutLogHead', () => {
  it.each([
    ['E1128 13:43:02.577725       1 run.go:72] "command failed"', '"command failed"'],
    ['{"level":"error","msg":"no address","error":"timeout"}', 'no address: timeout'],
    ['{"level":"info","message":"starts"}', 'starts'],
    ['{"a": broken', '{"a": broken'],
    ['plain words', 'plain words'],
  ])('%s', (line, said) => {
    expect(withoutLogHead(line)).toBe(said);
  });
});
