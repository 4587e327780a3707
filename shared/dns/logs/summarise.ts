import { compareText } from '../../util/text.ts';
import { PROBE_PREFIX } from '../upstream-answers.ts';
import { type LogLine, type LogMeaning, parseLogLine, type QueryLine } from './parse-line.ts';
import { plainLog } from './plain-log.ts';

/** Lines of one meaning. */
export interface LogGroup {
  readonly meaning: LogMeaning;
  readonly count: number;
  /** The last line of it. */
  readonly example: string;
  /** Servers whose logs hold it, in the order given. */
  readonly pods: readonly string[];
  readonly upstreams: readonly Tally[];
  readonly names: readonly Tally[];
  readonly zones: readonly string[];
}

export interface Tally {
  readonly what: string;
  readonly count: number;
}

/** What the query log tells, where it is switched on. */
export interface QuerySummary {
  readonly queries: number;
  readonly rcodes: readonly Tally[];
  /** Names that got NXDOMAIN, SERVFAIL or REFUSED, most often first. */
  readonly failingNames: readonly Tally[];
  readonly failingClients: readonly Tally[];
  readonly clients: readonly Tally[];
  /** NXDOMAIN answers to names under the search suffixes of pods that are no names of Services. */
  readonly searchMisses: number;
  readonly searchMissClients: readonly Tally[];
  /** Outside names behind the misses, without the suffix. */
  readonly searchMissNames: readonly Tally[];
  /** Seconds within which half of, and 95 of 100 queries were answered. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

export interface LogSummary {
  readonly lines: number;
  readonly groups: readonly LogGroup[];
  readonly queries: QuerySummary | undefined;
}

export interface LogText {
  readonly pod: string;
  readonly text: string;
}

/** How many of each list are kept. */
const TOP = 10;

/** Groups the lines of logs by what they mean, worst meaning first. */
export function summariseLogs(logs: readonly LogText[], domain = 'cluster.local'): LogSummary {
  const groups = new Map<LogMeaning, GroupBuilder>();
  const queries: QueryLine[] = [];
  let lines = 0;
  for (const { pod, text } of logs) {
    for (const raw of plainLog(text).split('\n')) {
      // What our own questions leave behind is told where they were put.
      if (raw.trim() === '' || raw.includes(PROBE_PREFIX)) continue;
      lines += 1;
      const line = parseLogLine(raw);
      if (line === undefined) continue;
      if (line.query !== undefined) queries.push(line.query);
      else add(groups, pod, line);
    }
  }
  return {
    lines,
    groups: [...groups.values()].map(finish).sort((a, b) => ORDER.indexOf(a.meaning) - ORDER.indexOf(b.meaning)),
    queries: queries.length === 0 ? undefined : summariseQueries(queries, domain),
  };
}

const ORDER: readonly LogMeaning[] = [
  'loop',
  'start-refused',
  'panic',
  'reload-refused',
  'api-unreachable',
  'too-many-files',
  'too-many-queries',
  'upstream-unhealthy',
  'upstream-unreachable',
  'upstream-refused',
  'upstream-unusable',
  'upstream-timeout',
  'overload',
  'not-ready',
  'other-error',
  'import-empty',
  'started',
  'stopped',
];

interface GroupBuilder {
  readonly meaning: LogMeaning;
  count: number;
  example: string;
  readonly pods: Set<string>;
  readonly upstreams: Map<string, number>;
  readonly names: Map<string, number>;
  readonly zones: Set<string>;
}

function add(groups: Map<LogMeaning, GroupBuilder>, pod: string, line: LogLine): void {
  const { meaning, count, text, upstream, name, zone } = line;
  const group = groups.get(meaning) ?? {
    meaning,
    count: 0,
    example: '',
    pods: new Set(),
    upstreams: new Map(),
    names: new Map(),
    zones: new Set(),
  };
  groups.set(meaning, group);
  group.count += count;
  group.example = text;
  group.pods.add(pod);
  if (upstream !== undefined) tally(group.upstreams, upstream, count);
  if (name !== undefined) tally(group.names, name, count);
  if (zone !== undefined) group.zones.add(zone);
}

function finish({ meaning, count, example, pods, upstreams, names, zones }: GroupBuilder): LogGroup {
  return {
    meaning,
    count,
    example,
    pods: [...pods],
    upstreams: top(upstreams),
    names: top(names),
    zones: [...zones],
  };
}

function tally(map: Map<string, number>, what: string, count = 1): void {
  map.set(what, (map.get(what) ?? 0) + count);
}

function top(map: ReadonlyMap<string, number>): readonly Tally[] {
  return [...map]
    .map(([what, count]) => ({ what, count }))
    .sort((a, b) => b.count - a.count || compareText(a.what, b.what))
    .slice(0, TOP);
}

function summariseQueries(queries: readonly QueryLine[], domain: string): QuerySummary {
  const maps = {
    rcodes: new Map<string, number>(),
    names: new Map<string, number>(),
    failing: new Map<string, number>(),
    clients: new Map<string, number>(),
    missClients: new Map<string, number>(),
    missNames: new Map<string, number>(),
  };
  let searchMisses = 0;
  for (const { name, rcode, client } of queries) {
    tally(maps.rcodes, rcode);
    tally(maps.clients, client);
    if (rcode === 'NOERROR') continue;
    tally(maps.names, name);
    tally(maps.failing, client);
    const outside = rcode === 'NXDOMAIN' ? outsideName(name, domain) : undefined;
    if (outside === undefined) continue;
    searchMisses += 1;
    tally(maps.missClients, client);
    tally(maps.missNames, outside);
  }
  const times = queries.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
  return {
    queries: queries.length,
    rcodes: top(maps.rcodes),
    failingNames: top(maps.names),
    failingClients: top(maps.failing),
    clients: top(maps.clients),
    searchMisses,
    searchMissClients: top(maps.missClients),
    searchMissNames: top(maps.missNames),
    p50: times[Math.floor(times.length * 0.5)],
    p95: times[Math.floor(times.length * 0.95)],
  };
}

/** `api.example.com.shop.svc.cluster.local.` → `api.example.com`: a name of the world outside before a search suffix. */
export function outsideName(name: string, domain: string): string | undefined {
  const suffix = `.${domain}.`;
  if (!name.endsWith(suffix) || name.startsWith('_')) return undefined;
  const labels = name.slice(0, -suffix.length).split('.');
  // The suffixes of a pod's search list: NAMESPACE.svc.DOMAIN, svc.DOMAIN, DOMAIN.
  const own = labels.at(-1) === 'svc' ? labels.slice(0, -1) : labels;
  const candidates = own === labels ? [own] : [own, own.slice(0, -1)];
  const known = candidates.find((words) => words.length >= 2 && TOP_DOMAINS.has(words.at(-1) ?? ''));
  if (known !== undefined) return known.join('.');
  // Four labels before "svc" are no name that a cluster gives, save those with ports, which begin with an underscore.
  const long = own === labels ? own.length >= 3 : own.length >= 4;
  return long && /^[a-z]{2,24}$/.test(own.at(-2) ?? '')
    ? own.slice(0, own === labels ? undefined : -1).join('.')
    : undefined;
}

/** Last labels of outside names that no namespace is likely to have. */
const TOP_DOMAINS = new Set(
  'com net org io gov edu mil int info biz dev app cloud ai co uk de fr nl it es pl ru cn jp kr in br au ca ch at se no dk fi eu us tv me cc xyz online site tech internal corp lan'.split(
    ' ',
  ),
);
