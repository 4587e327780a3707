import type { ClusterEvent, KubeObject, ObjectReference } from './objects.ts';

/** What client-go's aggregator puts before the message when it folds similar events into one (record/events_cache.go). */
const COMBINED = '(combined from similar events): ';

/**
 * The one form of an event, whichever API served it: core/v1 (involvedObject, message, count, firstTimestamp,
 * lastTimestamp) or events.k8s.io/v1 (regarding, note, series, deprecated*). The API server shows every event under
 * both, and leaves the fields of the other API empty: eventTime for old writers, count and timestamps for new ones.
 * Undefined when the object is no event or says nothing about any object.
 */
export function toClusterEvent(object: KubeObject): ClusterEvent | undefined {
  const raw = object as RawEvent;
  const about = raw.involvedObject ?? raw.regarding;
  if (about === undefined || about === null || typeof about !== 'object') return undefined;
  const text = firstText(raw.message, raw.note);
  const combined = text.startsWith(COMBINED);
  const created = firstText(object.metadata?.creationTimestamp);
  const series = raw.series ?? undefined;
  const happened = firstText(raw.eventTime);
  return {
    type: firstText(raw.type) || 'Normal',
    reason: firstText(raw.reason),
    message: combined ? text.slice(COMBINED.length) : text,
    object: about,
    // Zero stands in no event of a server: a table for people that does not tell how often.
    count: Math.max(
      raw.count === 0 ? 0 : 1,
      wholeNumber(raw.count),
      wholeNumber(raw.deprecatedCount),
      wholeNumber(series?.count),
    ),
    firstSeen: firstText(raw.firstTimestamp, raw.deprecatedFirstTimestamp, happened, created),
    lastSeen:
      newest([
        firstText(series?.lastObservedTime),
        firstText(raw.lastTimestamp, raw.deprecatedLastTimestamp),
        happened,
      ]) || created,
    source: firstText(
      raw.source?.component,
      raw.deprecatedSource?.component,
      raw.reportingComponent,
      raw.reportingController,
    ),
    ...(combined ? { combined } : {}),
  };
}

interface RawEvent extends KubeObject {
  readonly type?: string | null;
  readonly reason?: string | null;
  readonly message?: string | null;
  readonly note?: string | null;
  readonly involvedObject?: ObjectReference | null;
  readonly regarding?: ObjectReference | null;
  readonly count?: number | null;
  readonly deprecatedCount?: number | null;
  readonly series?: { readonly count?: number | null; readonly lastObservedTime?: string | null } | null;
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly source?: { readonly component?: string | null } | null;
  readonly deprecatedSource?: { readonly component?: string | null } | null;
  readonly reportingComponent?: string | null;
  readonly reportingController?: string | null;
}

function firstText(...values: readonly (string | null | undefined)[]): string {
  for (const value of values) if (typeof value === 'string' && value !== '') return value;
  return '';
}

function wholeNumber(value: number | null | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 0;
}

/** The latest of several times in RFC 3339 form; unreadable ones lose against readable ones. */
function newest(times: readonly string[]): string {
  let best = '';
  for (const time of times) {
    if (time === '') continue;
    if (best === '' || !(Date.parse(time) <= Date.parse(best))) best = time;
  }
  return best;
}
