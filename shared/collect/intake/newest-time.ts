type Json = Readonly<Record<string, unknown>>;

/** RFC 3339 as Kubernetes writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Remembers the newest of many times. */
export interface NewestTime {
  add(time: unknown): void;
  /** ISO time, or undefined when no readable time came by. */
  get(): string | undefined;
}

/** Texts in UTC compare like the times they mean, so that most need no parsing. */
export function newestTime(): NewestTime {
  let text = '';
  let best = Number.NEGATIVE_INFINITY;
  return {
    add: (time) => {
      if (typeof time !== 'string' || time.length < 20) return;
      if (time.endsWith('Z') && isNoNewer(time, text)) return;
      if (!TIME.test(time)) return;
      const value = Date.parse(time);
      if (!(value > best)) return;
      best = value;
      text = new Date(value).toISOString().slice(0, 19);
    },
    get: () => (best === Number.NEGATIVE_INFINITY ? undefined : new Date(best).toISOString()),
  };
}

/** Whether a time in UTC is no later than the second that is the newest so far; a fraction makes it later. */
function isNoNewer(time: string, second: string): boolean {
  const own = time.slice(0, 19);
  return own < second || (own === second && time.length === 20);
}

/**
 * Gives all times at which something is known to have happened to this object: the newest of a snapshot is when it was
 * taken, at the earliest. Times that lie ahead by design (deletionTimestamp, expiry of certificates and leases) are no
 * such times.
 */
export function addTimes(object: Json, newest: NewestTime): void {
  const meta = record(object.metadata);
  newest.add(meta.creationTimestamp);
  for (const entry of records(meta.managedFields)) newest.add(entry.time);
  for (const field of EVENT_TIMES) newest.add(object[field]);
  newest.add(record(object.series).lastObservedTime);
  newest.add(record(object.spec).renewTime);
  const status = record(object.status);
  newest.add(status.startTime);
  newest.add(status.lastScaleTime);
  newest.add(status.lastScheduleTime);
  newest.add(status.completionTime);
  for (const condition of records(status.conditions)) {
    newest.add(condition.lastTransitionTime);
    newest.add(condition.lastProbeTime);
    newest.add(condition.lastHeartbeatTime);
    newest.add(condition.lastUpdateTime);
  }
  for (const field of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses']) {
    for (const container of records(status[field])) {
      addStateTimes(record(container.state), newest);
      addStateTimes(record(container.lastState), newest);
    }
  }
}

const EVENT_TIMES = [
  'eventTime',
  'firstTimestamp',
  'lastTimestamp',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'timestamp',
];

function addStateTimes(state: Json, newest: NewestTime): void {
  newest.add(record(state.running).startedAt);
  const terminated = record(state.terminated);
  newest.add(terminated.startedAt);
  newest.add(terminated.finishedAt);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : NONE;
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

const NONE: Json = Object.freeze({});
