import { describe, expect, it } from 'vitest';
import { expandSearch, type Foretold, type Libc, wireQueries } from './search-expansion.ts';

const POD = { searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], ndots: 5 };
const WEB = 'web.shop.svc.cluster.local';

function servers(known: Readonly<Record<string, Foretold>>): (name: string) => Foretold {
  return (name) => known[name] ?? 'nxdomain';
}

const asked = (
  name: string,
  libc: Libc,
  settings = POD,
  known: Readonly<Record<string, Foretold>> = { [WEB]: 'found' },
) => expandSearch(name, libc, settings, servers(known)).queries.map((query) => query.name);

describe('names with fewer dots than ndots', () => {
  it.each(['glibc', 'musl', 'go'] as const)('%s searches first, in order, and then asks the name itself', (libc) => {
    expect(asked('web', libc)).toEqual([WEB]);
    expect(asked('web.shop', libc)).toEqual(['web.shop.shop.svc.cluster.local', WEB]);
    expect(asked('example.com', libc, POD, {})).toEqual([
      'example.com.shop.svc.cluster.local',
      'example.com.svc.cluster.local',
      'example.com.cluster.local',
      'example.com',
    ]);
  });

  it('costs two queries for each name', () => {
    const outside = expandSearch('example.com', 'glibc', POD, servers({ 'example.com': 'found' }));
    expect(wireQueries(outside)).toBe(8);
    expect(outside.outcome).toBe('found');
  });
});

describe('a dot at the end', () => {
  it.each(['glibc', 'musl', 'go'] as const)('switches the search of %s off', (libc) => {
    expect(asked('web.', libc)).toEqual(['web']);
  });
});

describe('names with as many dots as ndots', () => {
  const low = { ...POD, ndots: 2 };

  it('are asked as they are first by glibc and Go, which search afterwards', () => {
    expect(asked('web.shop.svc', 'glibc', low)).toEqual([
      'web.shop.svc',
      'web.shop.svc.shop.svc.cluster.local',
      'web.shop.svc.svc.cluster.local',
      WEB,
    ]);
    expect(asked('web.shop.svc', 'go', low)).toEqual(asked('web.shop.svc', 'glibc', low));
  });

  it('are never searched by musl', () => {
    const result = expandSearch('web.shop.svc', 'musl', low, servers({ [WEB]: 'found' }));
    expect(result.queries.map((query) => query.name)).toEqual(['web.shop.svc']);
    expect(result).toMatchObject({ outcome: 'nxdomain' });
    expect(result.notes.join()).toContain('never searches');
  });
});

describe('other answers than NXDOMAIN in the list', () => {
  const first = 'api.shop.svc.cluster.local';

  it.each([
    ['glibc', 'nodata', 4, 'nodata'],
    ['glibc', 'servfail', 4, 'servfail'],
    ['glibc', 'timeout', 1, 'timeout'],
    ['go', 'nodata', 4, 'nodata'],
    ['go', 'servfail', 4, 'servfail'],
    ['musl', 'nodata', 1, 'nodata'],
    ['musl', 'servfail', 1, 'servfail'],
  ] as const)('%s after %s sends %i names and ends with %s', (libc, answer, count, outcome) => {
    const result = expandSearch('api', libc, POD, servers({ [first]: answer }));
    expect(result.queries).toHaveLength(count);
    expect(result.outcome).toBe(outcome);
  });
});

describe('the limit of musl', () => {
  const long = {
    searches: [...POD.searches, `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(63)}.example`],
    ndots: 5,
  };

  it('passes over a search line of more than 254 characters', () => {
    const line = `search ${long.searches.join(' ')}`;
    expect(line.length).toBeGreaterThan(254);
    expect(asked('web', 'musl', long)).toEqual(['web']);
    expect(asked('web', 'glibc', long)).toEqual([WEB]);
  });

  it('reads one of 254', () => {
    const fill = 254 - `search ${POD.searches.join(' ')} `.length;
    const exact = { searches: [...POD.searches, `${'x'.repeat(fill - 2)}.y`], ndots: 5 };
    expect(`search ${exact.searches.join(' ')}`).toHaveLength(254);
    expect(asked('web', 'musl', exact)).toEqual([WEB]);
  });
});

describe('what could not be foretold', () => {
  it('leaves the outcome open, and what is found later unsure', () => {
    const open = expandSearch(
      'web.shop',
      'glibc',
      POD,
      servers({ 'web.shop.shop.svc.cluster.local': 'unknown', [WEB]: 'found' }),
    );
    expect(open).toMatchObject({ outcome: 'found', sure: false });
    expect(expandSearch('web', 'glibc', POD, servers({ web: 'unknown' })).outcome).toBe('unknown');
  });
});
