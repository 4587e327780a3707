import { muslDropsSearch } from './pod-resolver.ts';

/** The resolvers that programs in containers bring along. */
export type Libc = 'glibc' | 'musl' | 'go';

export const LIBCS: readonly Libc[] = ['glibc', 'musl', 'go'];

/** What a server says to one question for addresses. `unknown`: it cannot be foretold. */
export type Foretold = 'found' | 'nodata' | 'nxdomain' | 'servfail' | 'timeout' | 'unknown';

export interface Query {
  /** Without the dot at its end. */
  readonly name: string;
  /** The search domain that was appended; undefined for the name as it was given. */
  readonly suffix: string | undefined;
  readonly answer: Foretold;
}

export interface Expansion {
  readonly libc: Libc;
  /** In the order in which they are sent, up to the one that ends the search. Each is asked for A and AAAA. */
  readonly queries: readonly Query[];
  /** Names that would still be asked if every answer were NXDOMAIN. */
  readonly candidates: readonly string[];
  /** `found` with the last query, or how it ends without an address. */
  readonly outcome: Foretold;
  /** False when one of the answers could not be foretold: the search may end there. */
  readonly sure: boolean;
  /** Why the search list plays no role, or is cut short; empty when it is used as written. */
  readonly notes: readonly string[];
}

export interface SearchSettings {
  readonly searches: readonly string[];
  readonly ndots: number;
}

interface Candidate {
  readonly name: string;
  readonly suffix: string | undefined;
}

/** The longest name on the wire, without the dot at its end (RFC 1035 §2.3.4). */
const MAX_NAME = 253;

/**
 * Every query that a resolver sends for a name, with what is foretold of it, up to the end of its search. Sources: glibc
 * resolv/res_query.c (`__res_context_search`), musl src/network/lookup_name.c (`name_from_dns_search`), Go
 * net/dnsclient_unix.go (`nameList`, `goLookupIPCNAMEOrder`).
 */
export function expandSearch(
  name: string,
  libc: Libc,
  settings: SearchSettings,
  foretell: (name: string) => Foretold,
): Expansion {
  const { candidates, notes } = candidatesFor(name, libc, settings);
  const queries: Query[] = [];
  let last: Foretold = 'nxdomain';
  let sawData = false;
  let sawFailure = false;
  let unsure = false;
  for (const candidate of candidates) {
    const answer = foretell(candidate.name);
    queries.push({ ...candidate, answer });
    last = answer;
    if (answer === 'nodata') sawData = true;
    if (answer === 'servfail') sawFailure = true;
    if (answer === 'unknown') unsure = true;
    if (answer === 'found' || endsSearch(libc, answer)) break;
  }
  const ended = last === 'found' || endsSearch(libc, last);
  const outcome = ended ? last : unsure ? 'unknown' : sawFailure ? 'servfail' : sawData ? 'nodata' : last;
  return { libc, queries, candidates: candidates.map((candidate) => candidate.name), outcome, sure: !unsure, notes };
}

/** musl takes the first answer that is no NXDOMAIN for the answer; glibc gives up at a time-out, Go never. */
function endsSearch(libc: Libc, answer: Foretold): boolean {
  if (libc === 'musl') return answer === 'nodata' || answer === 'servfail' || answer === 'timeout';
  return libc === 'glibc' && answer === 'timeout';
}

function candidatesFor(
  name: string,
  libc: Libc,
  { searches, ndots }: SearchSettings,
): { readonly candidates: readonly Candidate[]; readonly notes: readonly string[] } {
  const lower = name.toLowerCase();
  const bare = lower.replace(/\.$/, '');
  const itself: Candidate = { name: bare, suffix: undefined };
  if (lower.endsWith('.')) return { candidates: [itself], notes: ['the dot at its end switches the search off'] };
  const notes: string[] = [];
  const dots = bare.split('.').length - 1;
  const dropped = libc === 'musl' ? muslDropsSearch(searches) : undefined;
  if (dropped !== undefined) {
    notes.push(
      `musl ignores the search line: it has ${dropped} characters, and lines of more than 254 are passed over`,
    );
  }
  const list = dropped === undefined ? searches : [];
  const searched = list.flatMap((domain): readonly Candidate[] => {
    const suffix = domain.replace(/\.$/, '').toLowerCase();
    const full = suffix === '' ? bare : `${bare}.${suffix}`;
    return full.length > MAX_NAME ? [] : [{ name: full, suffix: suffix === '' ? '.' : suffix }];
  });
  if (dots < ndots) {
    // A root domain in the list already is the name itself (res_query.c, root_on_list).
    const rooted = searched.some(({ suffix }) => suffix === '.');
    return { candidates: rooted && libc === 'glibc' ? searched : [...searched, itself], notes };
  }
  if (libc === 'musl') {
    notes.push(`with ${dots} dots (ndots ${ndots}) musl asks the name as it is and never searches`);
    return { candidates: [itself], notes };
  }
  return { candidates: [itself, ...searched.filter(({ suffix }) => suffix !== '.')], notes };
}

/** Queries on the wire: every name is asked for each type; for an address, that is A and AAAA. */
export function wireQueries({ queries }: Pick<Expansion, 'queries'>, types = 2): number {
  return queries.length * types;
}
