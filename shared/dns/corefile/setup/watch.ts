import { isOpcode, isType } from '../go/names.ts';
import { atoi, goQuote, numberError, parseBool, parseFloat64 } from '../go/numbers.ts';
import { duration, unsigned, wholeNumber } from './common.ts';
import { eachLine, expectArg, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that sign, mark and record messages. */

export const tsig: SetupRule = (setup) => {
  // Every error of this plugin is told as a wrong number of arguments.
  const refuse = () => setup.argumentError();
  const secrets = new Set<string>();
  let lines = 0;
  while (setup.next()) {
    lines += 1;
    if (lines > 1) throw refuse();
    setup.rest();
    while (setup.nextInBlock()) {
      const name = setup.value;
      const args = name === 'require_opcode' && !setup.since('1.14.3') ? undefined : setup.rest();
      if (args === undefined) throw refuse();
      const [first = ''] = args;
      if (name === 'secret') {
        if (args.length !== 2 || secrets.has(first.toLowerCase())) throw refuse();
        secrets.add(first.toLowerCase());
      } else if (name === 'secrets') {
        if (args.length !== 1) throw refuse();
        setup.open(first);
      } else if (name === 'require' || name === 'require_opcode') {
        if (args.length === 0) throw refuse();
        const known = name === 'require' ? isType : isOpcode;
        if (first !== 'all' && first !== 'none' && !args.every(known)) throw refuse();
      } else throw refuse();
    }
  }
};

export const dnstap: SetupRule = (setup) => {
  eachLine(setup, () => {
    let args = setup.rest();
    if (args.length === 0) throw setup.argumentError();
    const listens = args[0] === 'listen' && setup.since('1.14.4');
    if (listens) {
      args = args.slice(1);
      if (args.length === 0) throw setup.plain('dnstap listen requires an endpoint argument');
    }
    if (setup.since('1.13.0')) {
      dnstapMultiple(setup, 'MultipleTcpWriteBuf', args[2], 1024);
      dnstapMultiple(setup, 'MultipleQueue', args[3], 4096);
    }
    while (setup.nextInBlock()) {
      const name = setup.value;
      if (name === 'identity' || name === 'version') {
        if (setup.since('1.9.4')) expectArg(setup);
      } else if (name === 'extra') {
        if (setup.since('1.11.1')) expectArg(setup);
      } else if (name === 'tls' && setup.since('1.14.4')) {
        if (!listens) throw setup.plain('tls directive only valid for listeners');
        if (setup.rest().length < 2) throw setup.plain('tls requires cert and key file paths');
      } else if (name !== 'skipverify' && setup.since('1.14.4')) throw setup.plain(`unknown property '${name}'`);
    }
  });
};

function dnstapMultiple(setup: Setup, name: string, text: string | undefined, most: number): void {
  if (text === undefined) return;
  const value = atoi(text);
  if (value === undefined) throw setup.plain(`dnstap: invalid ${name} ${goQuote(text)}: ${numberError('Atoi', text)}`);
  if (value < 1 || value > most) throw setup.plain(`dnstap: ${name} must be between 1 and ${most}: ${value}`);
}

export const trace: SetupRule = (setup) => {
  eachLine(setup, () => {
    const args = expectArgs(setup, 0, 2);
    const type = args.length === 2 ? (args[0] ?? '').toLowerCase() : 'zipkin';
    if (type !== 'zipkin' && type !== 'datadog') throw setup.plain(`tracing endpoint type '${type}' is not supported`);
    while (setup.nextInBlock()) traceOption(setup);
  });
};

function traceOption(setup: Setup): void {
  const name = setup.value;
  if (name === 'every') {
    unsigned(setup, expectArgs(setup, 1)[0] ?? '', 64);
  } else if (name === 'service') {
    expectArgs(setup, 1);
  } else if (name === 'client_server') {
    const [text] = expectArgs(setup, 0, 1);
    if (text !== undefined && parseBool(text) === undefined) throw setup.plain(numberError('ParseBool', text));
  } else if (name === 'datadog_analytics_rate') {
    const [text] = expectArgs(setup, 0, 1);
    const rate = text === undefined ? 0 : parseFloat64(text);
    if (rate === undefined) throw setup.plain(numberError('ParseFloat', text ?? ''));
    if (rate > 1 || rate < 0) {
      throw setup.plain(`datadog analytics rate must be between 0 and 1, '${rate.toFixed(6)}' is not supported`);
    }
  } else if (/^zipkin_max_(backlog_size|batch_size)$/.test(name) && setup.since('1.9.4')) {
    wholeNumber(setup, expectArgs(setup, 1)[0] ?? '');
  } else if (name === 'zipkin_max_batch_interval' && setup.since('1.9.4')) {
    duration(setup, expectArgs(setup, 1)[0] ?? '');
  } else if (setup.since('1.14.4')) throw setup.plain(`unknown property '${name}'`);
}

export const geoip: SetupRule = (setup) => {
  let database = '';
  eachLine(setup, () => {
    const path = expectArg(setup);
    if (database !== '') throw setup.plain('configuring multiple databases is not supported');
    database = path;
    expectArgs(setup, 0);
    readOptions(setup, { 'edns-subnet': { since: '1.9.2', read: () => undefined } }, (name) =>
      setup.plain(`unknown property ${goQuote(name)}`),
    );
    setup.open(path);
  });
};
