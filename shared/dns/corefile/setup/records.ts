import { atoi, goQuote, numberError, parseDuration } from '../go/numbers.ts';
import { zonesOf } from '../zones.ts';
import { addressOrRefuse, duration, looksLikePath, regexp, ttl, wholeNumber } from './common.ts';
import { eachLine, expectArg, expectArgs, readOptions, type SetupRule } from './context.ts';

/** Rules of the plugins that hold records, and of the ones that watch. */

const oldTransfer = { until: '1.8.0' } as const;

export const file: SetupRule = (setup) => {
  eachLine(setup, () => {
    const path = expectArg(setup);
    const content = setup.peek(path);
    const [origin] = setup.origins(setup.rest());
    if (content !== undefined && origin !== undefined && !hasSoa(content)) {
      throw setup.plain(`file ${goQuote(path)} has no SOA record for origin ${origin}`);
    }
    readOptions(setup, {
      fallthrough: { since: '1.12.2', read: () => setup.rest() },
      reload: {
        since: '1.2.3',
        read: () => {
          const [time] = setup.rest();
          if (time === undefined) throw setup.plain('reload duration value is expected');
          duration(setup, time);
        },
      },
      reload_by_mtime: { since: '1.14.4', read: () => undefined },
      upstream: () => setup.rest(),
      transfer: { ...oldTransfer, read: () => setup.rest() },
      no_reload: { until: '1.5.0', read: () => undefined },
    });
  });
};

/** Whether a zone file holds an SOA record, or may take one from another file. */
function hasSoa(zone: string): boolean {
  return /(?:^|\s)SOA\s|^\$INCLUDE\s/im.test(zone.replaceAll(/;.*$/gm, ''));
}

export const auto: SetupRule = (setup) => {
  eachLine(setup, () => {
    setup.rest();
    readOptions(setup, {
      directory: () => {
        const directory = expectArg(setup);
        if (looksLikePath(directory)) setup.server.assume(`folder ${directory}`);
        if (!setup.nextArg()) return;
        if (setup.since('1.13.2') && setup.value.length > 10_000) throw setup.plain('regexp too large');
        if (regexp(setup, setup.value) === 0) throw setup.plain('Need at least one sub expression');
        expectArg(setup);
        if (!setup.since('1.5.0') && setup.nextArg()) wholeNumber(setup, setup.value);
        if (setup.nextArg()) throw setup.argumentError();
      },
      reload: {
        since: '1.2.3',
        read: () => {
          const [time] = setup.rest();
          if (time === undefined) throw setup.plain('reload duration value is expected');
          if (duration(setup, time) < 0) throw setup.plain('invalid duration');
        },
      },
      upstream: () => setup.rest(),
      transfer: { ...oldTransfer, read: () => setup.rest() },
      no_reload: { until: '1.5.0', read: () => undefined },
    });
  });
};

export const secondary: SetupRule = (setup) => {
  while (setup.next()) {
    if (setup.value !== 'secondary') continue;
    setup.rest();
    let transfers = false;
    readOptions(setup, {
      transfer: () => {
        transfers = true;
        const word = expectArg(setup);
        if (word !== 'from' && !(word === 'to' && !setup.since('1.8.0'))) throw setup.plain(`unknown property ${word}`);
        const args = setup.rest();
        if (args.length === 0 && setup.since('1.8.0')) throw setup.argumentError();
        for (const arg of args) {
          if (arg === '*' && word === 'from') throw setup.plain("can't use '*' in transfer from");
          if (arg !== '*') addressOrRefuse(setup, arg);
        }
      },
      upstream: { until: '1.8.0', read: () => setup.rest() },
      fallthrough: { since: '1.14.4', read: () => setup.rest() },
      catalog: {
        since: '1.14.5',
        read: () => {
          const members = setup.rest();
          if (members.length > 0 && !setup.since('1.14.7')) throw setup.argumentError();
          for (const zone of members) {
            if (zonesOf(zone, setup.server.version).length === 0) {
              throw setup.plain(`invalid catalog member zone ${goQuote(zone)}`);
            }
          }
        },
      },
    });
    if (!transfers && setup.since('1.12.2')) throw setup.plain('secondary zones require a transfer from property');
  }
};

export const etcd: SetupRule = (setup) => {
  setup.next();
  setup.rest();
  const some = () => {
    if (setup.rest().length === 0) throw setup.argumentError();
  };
  const lease = (name: string) => () => {
    const text = expectArg(setup).trim();
    const value = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
    if (text === '') return;
    if (value === undefined) {
      throw setup.plain(
        `invalid ${name} value: invalid TTL format, use format like '30', '30s', '5m', '1h', or '2h30m'`,
      );
    }
    if (value < 0) throw setup.plain(`invalid ${name} value: TTL must be non-negative`);
    if (value / 1000 > 0xffffffff) {
      throw setup.plain(`invalid ${name} value: TTL too large, maximum is 4294967295 seconds`);
    }
  };
  readOptions(setup, {
    stubzones: () => undefined,
    fallthrough: () => setup.rest(),
    debug: () => undefined,
    no_apex_fallback: { since: '1.15.0', read: () => expectArgs(setup, 0) },
    path: () => expectArg(setup),
    endpoint: some,
    upstream: () => setup.rest(),
    tls: () => {
      const args = setup.rest();
      if (args.length > 3) throw setup.plain(`maximum of three arguments allowed for TLS config, found ${args.length}`);
      for (const path of args) setup.open(path);
    },
    credentials: {
      since: '1.4.0',
      read: () => {
        const args = setup.rest();
        if (args.length === 0) throw setup.argumentError();
        if (args.length !== 2) throw setup.plain('credentials requires 2 arguments, username and password');
      },
    },
    'min-lease-ttl': { since: '1.12.4', read: lease('min-lease-ttl') },
    'max-lease-ttl': { since: '1.12.4', read: lease('max-lease-ttl') },
  });
};

export const dnssec: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      setup.rest();
      readOptions(setup, {
        key: () => {
          const kind = expectArg(setup);
          if (kind !== 'file' && !(kind === 'aws_secretsmanager' && setup.since('1.11.4'))) return;
          const keys = setup.rest();
          if (keys.length === 0) throw setup.argumentError();
          for (const key of keys) setup.server.assume(`key ${key}`);
        },
        cache_capacity: () => wholeNumber(setup, expectArg(setup)),
      });
    },
    { once: true },
  );
};

export const sign: SetupRule = (setup) => {
  eachLine(setup, () => {
    const path = expectArg(setup);
    if (path.includes('\uFFFD') && setup.since('1.13.1')) {
      throw setup.plain(`dbfile ${goQuote(path)} contains invalid characters`);
    }
    setup.rest();
    readOptions(setup, {
      key: () => {
        const kind = expectArg(setup);
        if (kind === 'directory') throw setup.plain('directory: not implemented');
        if (kind !== 'file') return;
        const keys = setup.rest();
        if (keys.length === 0) throw setup.argumentError();
        for (const key of keys) setup.server.assume(`key ${key}`);
      },
      directory: () => {
        if (setup.rest().length !== 1) throw setup.plain('can only be one argument after "directory"');
      },
    });
  });
};

export const nomad: SetupRule = (setup) => {
  setup.next();
  setup.rest();
  while (setup.nextInBlock()) {
    const name = setup.value.toLowerCase();
    const args = setup.rest();
    if (name === 'address') {
      if (args.length === 0) throw setup.plain('at least one address is required');
    } else if (name === 'token' || (name === 'filter' && setup.since('1.13.2'))) {
      if (args.length !== 1) throw setup.plain(`exactly one ${name} is required`);
    } else if (name === 'ttl') {
      const [text = ''] = args;
      if (args.length !== 1) throw setup.plain('exactly one ttl value is required');
      if (atoi(text) === undefined) throw setup.plain(`error parsing ttl: ${numberError('Atoi', text)}`);
      ttl(setup, text);
    } else throw setup.plain(`unknown property '${name}'`);
  }
};
