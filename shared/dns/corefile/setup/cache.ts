import { atoi } from '../go/numbers.ts';
import { duration, wholeNumber } from './common.ts';
import { eachLine, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** The rule of the `cache` plugin (coredns plugin/cache/setup.go). */
export const cache: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [first] = setup.rest();
      const ttl = first === undefined ? undefined : atoi(first);
      if (ttl !== undefined && ttl <= 0) throw setup.plain(`cache TTL can not be zero or negative: ${ttl}`);
      let stale = false;
      let policy = false;
      readOptions(
        setup,
        {
          success: () => cacheCapacity(setup),
          denial: () => cacheCapacity(setup),
          prefetch: () => cachePrefetch(setup),
          serve_stale: {
            since: '1.6.6',
            read: () => {
              stale = true;
              cacheServeStale(setup);
            },
          },
          serve_stale_policy: {
            since: '1.14.7',
            read: () => {
              if (policy) throw setup.plain('serve_stale_policy can only be specified once');
              policy = true;
              const [value = ''] = expectArgs(setup, 1);
              if (value.toLowerCase() !== 'prefer_positive') throw setup.plain(`invalid serve_stale_policy: ${value}`);
            },
          },
          servfail: { since: '1.9.4', read: () => cacheServfail(setup) },
          disable: { since: '1.9.4', read: () => cacheDisable(setup) },
          keepttl: { since: '1.10.1', read: () => expectArgs(setup, 0) },
        },
        () => setup.argumentError(),
      );
      if (policy && !stale) throw setup.plain('serve_stale_policy requires serve_stale');
    },
    { once: true },
  );
};

function cacheCapacity(setup: Setup): void {
  const [capacity, ttl, least] = setup.rest();
  if (capacity === undefined) throw setup.argumentError();
  wholeNumber(setup, capacity);
  if (ttl === undefined) return;
  const seconds = wholeNumber(setup, ttl);
  if (seconds <= 0) throw setup.plain(`cache TTL can not be zero or negative: ${seconds}`);
  if (least === undefined || !setup.since('1.2.3')) return;
  const shortest = wholeNumber(setup, least);
  if (shortest < 0) throw setup.plain(`cache min TTL can not be negative: ${shortest}`);
}

function cachePrefetch(setup: Setup): void {
  const [amount = '', time, percentage] = expectArgs(setup, 1, 3);
  const count = wholeNumber(setup, amount);
  if (count < 0) throw setup.plain(`prefetch amount should be positive: ${count}`);
  if (time !== undefined) duration(setup, time);
  if (percentage === undefined) return;
  if (!percentage.endsWith('%')) {
    throw setup.plain(`last character of percentage should be \`%\`, but is: '${percentage.at(-1) ?? ''}'`);
  }
  const value = wholeNumber(setup, percentage.slice(0, -1));
  if (value < 10 || value > 90) throw setup.plain(`percentage should fall in range [10, 90]: ${value}`);
}

function cacheServeStale(setup: Setup): void {
  const most = setup.since('1.14.7') ? 5 : setup.since('1.14.4') ? 3 : setup.since('1.9.2') ? 2 : 1;
  const [time, mode, ...rest] = expectArgs(setup, 0, most);
  if (time !== undefined && duration(setup, time) < 0) {
    throw setup.plain('invalid negative duration for serve_stale');
  }
  if (mode === undefined) return;
  const word = mode.toLowerCase();
  if (word !== 'immediate' && word !== 'verify') {
    throw setup.plain(`invalid value for serve_stale refresh mode: ${word}`);
  }
  if (word === 'verify') {
    const [timeout, ttl, recheck] = rest;
    if (timeout !== undefined && duration(setup, timeout) < 0) {
      throw setup.plain('invalid negative timeout for serve_stale verify');
    }
    staleAnswer(setup, ttl, recheck);
  } else if (!setup.since('1.14.7')) {
    if (rest.length > 0) throw setup.plain('serve_stale timeout is only valid with the verify refresh mode');
  } else {
    const [ttl, recheck, extra] = rest;
    if (extra !== undefined) throw setup.argumentError();
    staleAnswer(setup, ttl, recheck);
  }
}

function staleAnswer(setup: Setup, ttl: string | undefined, recheck: string | undefined): void {
  if (ttl !== undefined) {
    const value = duration(setup, ttl);
    if (value < 0) throw setup.plain('invalid negative response TTL for serve_stale');
    if (value % 1000 !== 0) throw setup.plain('serve_stale response TTL must be a whole number of seconds');
    if (value / 1000 > 0xffffffff) throw setup.plain('serve_stale response TTL exceeds the DNS TTL range');
  }
  if (recheck !== undefined) {
    const value = duration(setup, recheck);
    if (value < 0) throw setup.plain('invalid negative failure recheck for serve_stale');
    if (value > 300_000) throw setup.plain('serve_stale failure recheck cannot exceed 5 minutes');
  }
}

function cacheServfail(setup: Setup): void {
  const [time = ''] = expectArgs(setup, 1);
  const value = duration(setup, time);
  if (value < 0) throw setup.plain('invalid negative ttl for servfail');
  if (value > 300_000) throw setup.plain('caching SERVFAIL responses over 5 minutes is not permitted');
}

function cacheDisable(setup: Setup): void {
  const [kind] = setup.rest();
  if (kind === undefined) throw setup.argumentError();
  if (kind !== 'success' && kind !== 'denial') {
    throw setup.plain('cache type for disable must be "success" or "denial"');
  }
}
