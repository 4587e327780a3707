import { compareText } from '../../util/text.ts';
import { METRIC_NAMES, type MetricNeed } from './names.ts';
import { type MetricsPage, parseMetrics, type Sample } from './parse-page.ts';

/** How one upstream does, as one server sees it. */
export interface UpstreamMetrics {
  readonly to: string;
  readonly requests: number;
  readonly rcodes: Readonly<Record<string, number>>;
  /** Seconds; undefined where the page has no histogram of it. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly healthFailures: number;
}

/** Whether so many checks of an upstream's health failed that it may well be down: of one that never answered, a few. */
export function failsChecks({ healthFailures, requests }: UpstreamMetrics): boolean {
  return requests === 0 ? healthFailures >= 3 : healthFailures >= 10 && healthFailures >= requests / 100;
}

/** What one server counted, since its start or between two readings. */
export interface ServerMetrics {
  readonly version: string | undefined;
  /** Seconds that were counted; undefined when the page does not tell. */
  readonly seconds: number | undefined;
  readonly queries: number;
  /** Those that came over UDP; undefined when the page does not tell. */
  readonly udpQueries: number | undefined;
  readonly rcodes: Readonly<Record<string, number>>;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly cacheEntries: number | undefined;
  readonly staleAnswers: number;
  readonly upstreams: readonly UpstreamMetrics[];
  readonly allUnhealthy: number;
  readonly rejects: number;
  readonly panics: number;
  readonly shed: number;
  readonly reloadFailed: number;
  /** The Corefile in force, as a hash. */
  readonly configHash: string | undefined;
  readonly healthFailed: number;
  readonly setupErrors: Readonly<Record<string, number>>;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly plugins: readonly string[];
}

/**
 * What a metrics page tells. With an earlier page of the same server only what happened since is counted; after a restart
 * between the two, what happened since the restart. `now` is in milliseconds since the epoch.
 */
export function summarisePage(
  text: string,
  options: { readonly now: number; readonly earlier?: string; readonly seconds?: number },
): ServerMetrics {
  const page = parseMetrics(text);
  const before = options.earlier === undefined ? undefined : parseMetrics(options.earlier);
  const count = counter(page, before);
  const hist = (need: MetricNeed, where?: Filter) => histogram(page, before, need, where);
  const latency = hist('latency');
  const started = total(page, 'started');
  const uptime = started === undefined || started === 0 ? undefined : Math.max(0, options.now / 1000 - started);
  return {
    version: samples(page, 'build')[0]?.labels.version,
    seconds: options.seconds ?? uptime,
    queries: count('requests'),
    udpQueries: udp(page, before),
    rcodes: byLabel(page, before, 'responses', 'rcode'),
    p50: quantile(latency, 0.5),
    p95: quantile(latency, 0.95),
    p99: quantile(latency, 0.99),
    cacheHits: count('cacheHits'),
    cacheMisses: count('cacheMisses'),
    cacheEntries: total(page, 'cacheEntries'),
    staleAnswers: count('staleAnswers'),
    upstreams: upstreamsOf(page, before),
    allUnhealthy: count('allUnhealthy'),
    rejects: count('rejects'),
    panics: count('panics'),
    shed: count('shed'),
    reloadFailed: count('reloadFailed'),
    configHash: samples(page, 'configHash').find(({ value }) => value === 1)?.labels.value,
    healthFailed: count('healthFailed'),
    setupErrors: byLabel(page, before, 'setupErrors', 'errortype'),
    memory: total(page, 'memory'),
    plugins: [
      ...new Set(
        samples(page, 'plugins').flatMap(({ labels, value }) =>
          value === 1 && labels.name !== undefined ? [labels.name] : [],
        ),
      ),
    ].sort(compareText),
  };
}

type Filter = (labels: Readonly<Record<string, string>>) => boolean;

function samples(page: MetricsPage, need: MetricNeed, suffix = ''): readonly Sample[] {
  for (const name of METRIC_NAMES[need]) {
    const found = page.get(name + suffix);
    if (found !== undefined) return found;
  }
  return [];
}

function total(page: MetricsPage, need: MetricNeed): number | undefined {
  const found = samples(page, need);
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

function counter(page: MetricsPage, before: MetricsPage | undefined): (need: MetricNeed) => number {
  return (need) => {
    const now = total(page, need) ?? 0;
    const then = before === undefined ? 0 : (total(before, need) ?? 0);
    return now < then ? now : now - then;
  };
}

/** No sample means no query yet: a counter with labels begins with its first event. */
function udp(page: MetricsPage, before: MetricsPage | undefined): number | undefined {
  return page.size === 0 ? undefined : (byLabel(page, before, 'requests', 'proto').udp ?? 0);
}

function byLabel(
  page: MetricsPage,
  before: MetricsPage | undefined,
  need: MetricNeed,
  label: string,
  where: Filter = () => true,
): Readonly<Record<string, number>> {
  const now = sums(page, need, label, where);
  const then = before === undefined ? new Map<string, number>() : sums(before, need, label, where);
  const entries = [...now].map(([key, value]): [string, number] => {
    const earlier = then.get(key) ?? 0;
    return [key, value < earlier ? value : value - earlier];
  });
  return Object.fromEntries(entries.filter(([, value]) => value > 0).sort(([a], [b]) => compareText(a, b)));
}

function sums(page: MetricsPage, need: MetricNeed, label: string, where: Filter, suffix = ''): Map<string, number> {
  const map = new Map<string, number>();
  for (const { labels, value } of samples(page, need, suffix)) {
    const key = labels[label];
    if (key !== undefined && where(labels)) map.set(key, (map.get(key) ?? 0) + value);
  }
  return map;
}

/** Upper bounds with how many fell below them, ascending. */
type Buckets = readonly (readonly [bound: number, count: number])[];

function histogram(
  page: MetricsPage,
  before: MetricsPage | undefined,
  need: MetricNeed,
  where: Filter = () => true,
): Buckets {
  const now = sums(page, need, 'le', where, '_bucket');
  const then = before === undefined ? new Map<string, number>() : sums(before, need, 'le', where, '_bucket');
  const restarted = (now.get('+Inf') ?? 0) < (then.get('+Inf') ?? 0);
  return [...now]
    .map(
      ([le, value]) =>
        [
          le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
          restarted ? value : value - (then.get(le) ?? 0),
        ] as const,
    )
    .sort(([a], [b]) => a - b);
}

/** The value below which that share lies, straight between two bounds; undefined without samples. */
export function quantile(buckets: Buckets, share: number): number | undefined {
  const all = buckets.at(-1)?.[1] ?? 0;
  if (all <= 0) return undefined;
  const rank = share * all;
  let [lower, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (!Number.isFinite(bound)) return lower;
      return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}

function upstreamsOf(page: MetricsPage, before: MetricsPage | undefined): readonly UpstreamMetrics[] {
  const targets = new Set<string>();
  for (const need of ['upstreamRequests', 'upstreamResponses', 'upstreamUnhealthy'] as const) {
    for (const { labels } of samples(page, need)) if (labels.to !== undefined) targets.add(labels.to);
  }
  for (const { labels } of samples(page, 'upstreamLatency', '_count'))
    if (labels.to !== undefined) targets.add(labels.to);
  return [...targets].sort(compareText).map((to) => {
    const own: Filter = (labels) => labels.to === to;
    const latency = histogram(page, before, 'upstreamLatency', own);
    const answered = byLabel(page, before, 'upstreamResponses', 'rcode', own);
    const timed = timedRcodes(page, before, own);
    return {
      to,
      requests: byLabel(page, before, 'upstreamRequests', 'to', own)[to] ?? latency.at(-1)?.[1] ?? 0,
      rcodes: Object.keys(answered).length > 0 ? answered : timed,
      p50: quantile(latency, 0.5),
      p95: quantile(latency, 0.95),
      healthFailures: byLabel(page, before, 'upstreamUnhealthy', 'to', own)[to] ?? 0,
    };
  });
}

/** Since 1.11.0 answers are counted only by the histogram of their times. */
function timedRcodes(
  page: MetricsPage,
  before: MetricsPage | undefined,
  own: Filter,
): Readonly<Record<string, number>> {
  const now = sums(page, 'upstreamLatency', 'rcode', own, '_count');
  const then =
    before === undefined ? new Map<string, number>() : sums(before, 'upstreamLatency', 'rcode', own, '_count');
  return Object.fromEntries(
    [...now]
      .map(([rcode, value]): [string, number] => [rcode, Math.max(0, value - (then.get(rcode) ?? 0))])
      .filter(([, value]) => value > 0)
      .sort(([a], [b]) => compareText(a, b)),
  );
}
