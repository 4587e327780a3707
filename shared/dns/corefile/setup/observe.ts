import { atoi, durationError, parseDuration } from '../go/numbers.ts';
import { duration, listenAddress, regexp } from './common.ts';
import { eachLine, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that tell how the server is, and of the ones that keep it so. */

export const errors: SetupRule = (setup) => {
  const unknown = (name: string) =>
    setup.plain(
      setup.since('1.9.3')
        ? `Syntax error: Unexpected token '${name}', expecting 'Unknown field ${name}'`
        : `Syntax error: Unexpected token '${name}', expecting 'consolidate'`,
    );
  eachLine(
    setup,
    () => {
      const args = expectArgs(setup, 0, 1);
      if (args[0] !== undefined && args[0] !== 'stdout') throw setup.plain(`invalid log file: ${args[0]}`);
      readOptions(
        setup,
        {
          stacktrace: { since: '1.9.3', read: () => undefined },
          consolidate: { since: '1.2.6', read: () => consolidate(setup) },
        },
        unknown,
      );
    },
    { once: true },
  );
};

const LEVELS = ['warning', 'error', 'info', 'debug'];

function consolidate(setup: Setup): void {
  const most = setup.since('1.14.0') ? 4 : setup.since('1.8.5') ? 3 : 2;
  const [period = '', pattern = '', ...rest] = expectArgs(setup, 2, most);
  duration(setup, period);
  if (setup.since('1.14.0') && pattern.length > 10_000) {
    throw setup.plain(`regex pattern too long: ${pattern.length} > 10000`);
  }
  regexp(setup, pattern);
  let level = false;
  let first = false;
  for (const word of rest) {
    if (LEVELS.includes(word)) {
      if (level) throw setup.plain('multiple log levels specified in consolidate');
      if (first) throw setup.plain('log level must come before show_first in consolidate');
      level = true;
    } else if (word === 'show_first' && setup.since('1.14.0')) first = true;
    else {
      throw setup.plain(
        setup.since('1.14.0')
          ? `unknown option in consolidate: ${word}`
          : `unknown log level argument in consolidate: ${word}`,
      );
    }
  }
}

export const health: SetupRule = (setup) => {
  eachLine(setup, () => {
    const [address] = expectArgs(setup, 0, 1);
    if (address !== undefined) listenAddress(setup, address);
    readOptions(
      setup,
      {
        lameduck: () => {
          const [time = ''] = expectArgs(setup, 1);
          if (parseDuration(time) === undefined) {
            throw setup.plain(`unable to parse lameduck duration value: '${time}' : ${durationError(time)}`);
          }
        },
      },
      (name) => (setup.since('1.14.4') ? setup.plain(`unknown property '${name}'`) : setup.argumentError()),
    );
  });
};

export const ready: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [address] = expectArgs(setup, 0, 1);
      if (address !== undefined) listenAddress(setup, address);
      if (!setup.since('1.12.2')) return;
      while (setup.nextInBlock()) {
        if (setup.value === 'monitor') {
          const [type = ''] = expectArgs(setup, 1);
          if (type !== 'until-ready' && type !== 'continuously') {
            throw setup.plain(`monitor type '${type}' not supported`);
          }
        } else if (setup.since('1.14.4')) throw setup.plain(`unknown property '${setup.value}'`);
      }
    },
    { once: true },
  );
};

export const pprof: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [address] = expectArgs(setup, 0, 1);
      if (address !== undefined) listenAddress(setup, address);
      if (!setup.since('1.5.0')) return;
      readOptions(setup, {
        block: () => {
          const [rate] = expectArgs(setup, 0, 1);
          if (rate !== undefined && atoi(rate) === undefined) {
            throw setup.plain(`property 'block' invalid integer value '${rate}'`);
          }
        },
      });
    },
    { once: true },
  );
};

export const prometheus: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [address] = expectArgs(setup, 0, 1);
      if (address !== undefined) listenAddress(setup, address);
      if (!setup.since('1.14.3')) return;
      let tls = false;
      readOptions(
        setup,
        {
          runtime_metrics: () => expectArgs(setup, 0),
          tls: () => {
            if (tls) throw setup.plain('tls block already specified');
            tls = true;
            const [path = ''] = expectArgs(setup, 1);
            setup.open(path);
          },
        },
        (name) => setup.plain(`unknown option: ${name}`),
      );
    },
    { once: true },
  );
};

const CLASSES = ['all', 'success', 'denial', 'error'];

export const log: SetupRule = (setup) => {
  eachLine(setup, () => {
    setup.rest();
    readOptions(
      setup,
      {
        class: () => {
          const args = setup.rest();
          if (args.length === 0) throw setup.argumentError();
          const wrong = args.find((arg) => !CLASSES.includes(arg));
          if (wrong !== undefined) throw setup.plain(`invalid Class: ${wrong}`);
        },
      },
      (name) => (setup.since('1.14.4') ? setup.plain(`unknown property '${name}'`) : setup.argumentError()),
    );
  });
};

const SECOND = 1000;

export const reload: SetupRule = (setup) => {
  setup.next();
  const [interval, jitter] = expectArgs(setup, 0, 2);
  const every = interval === undefined ? 30 * SECOND : duration(setup, interval);
  if (every < 2 * SECOND) throw setup.plain('interval value must be greater or equal to 2s');
  const spread = jitter === undefined ? 15 * SECOND : duration(setup, jitter);
  if (setup.since('1.14.2')) {
    if (spread !== 0 && spread < SECOND) throw setup.plain('jitter value must be 0 or greater or equal to 1s');
  } else if (spread < SECOND) throw setup.plain('jitter value must be greater or equal to 1s');
};

export const loop: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      if (setup.nextArg()) throw setup.argumentError();
    },
    { once: true },
  );
};
