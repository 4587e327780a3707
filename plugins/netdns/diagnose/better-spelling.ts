import {
  expandSearch,
  type Foretold,
  type Libc,
  type SearchSettings,
  wireQueries,
} from '../../../shared/dns/search-expansion.ts';

/** The spelling that costs least and works with every library, as sentences; empty when the name costs no more already. */
export function betterSpelling(
  name: string,
  libc: Libc,
  settings: SearchSettings,
  domain: string,
  foretell: (name: string) => Foretold,
): readonly string[] {
  if (name.endsWith('.')) return [];
  const now = expandSearch(name, libc, settings, foretell);
  const answered = now.queries.at(-1);
  const hints: string[] = [];
  const cluster = answered?.answer === 'found' && answered.name.endsWith(`.${domain}`);
  if (cluster && wireQueries(now) > 2) {
    hints.push(
      `${answered.name}. with the dot at its end: 2 queries instead of ${wireQueries(now)}, with every library.`,
    );
  }
  const outside =
    answered?.suffix === undefined &&
    // What may be a Service must not be spelt as a name of the outside.
    !now.queries.some((query) => query.answer === 'unknown' && query.name.endsWith(`.${domain}`)) &&
    answered?.answer !== 'nxdomain' &&
    name.includes('.') &&
    now.candidates.length > 1;
  if (outside) {
    const cost = now.candidates.indexOf(name.toLowerCase()) + 1;
    if (cost > 1 && !cluster)
      hints.push(
        `${name}. with the dot at its end: 2 queries instead of ${cost * 2}. Some programs do not take it (TLS names, S3 clients).`,
      );
    hints.push(...ndotsHint(name, libc, settings));
  }
  const musl = expandSearch(name, 'musl', settings, foretell);
  if (now.outcome === 'found' && libc !== 'musl' && musl.outcome !== 'found' && musl.outcome !== 'unknown') {
    hints.push('On Alpine (musl) this name does not resolve in this pod: use the full name there.');
  }
  return hints;
}

/** Where lowering ndots helps, and what it would break on Alpine. */
function ndotsHint(name: string, libc: Libc, { ndots }: SearchSettings): readonly string[] {
  const dots = name.split('.').length - 1;
  if (dots >= ndots || dots < 1) return [];
  const wanted = Math.min(dots, 2);
  if (libc === 'musl') {
    return [
      `On Alpine do not lower ndots to ${wanted} for it: names with ${wanted} dots or more, such as web.shop.svc, would no longer be searched.`,
    ];
  }
  return [
    `Or dnsConfig.options ndots:${wanted} in the pod: right for glibc and Go, but it breaks short names with ${wanted} dots on Alpine.`,
  ];
}
