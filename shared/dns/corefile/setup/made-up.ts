import { expressionError } from '../go/expression.ts';
import { isFreeName } from '../go/expression-names.ts';
import { isClass, isRcode, isType } from '../go/names.ts';
import { atoi, goQuote, numberError, parseDuration, parseUint } from '../go/numbers.ts';
import { templateError } from '../go/template.ts';
import { looksLikePath, regexp } from './common.ts';
import { eachLine, expectArg, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that answer from the Corefile itself. */

export const hosts: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [path] = setup.rest();
      if (path !== undefined && looksLikePath(path)) setup.open(path);
      let falls = false;
      let unsupported = false;
      while (setup.nextInBlock()) {
        const name = setup.value;
        if (name === 'fallthrough') {
          setup.rest();
          falls = true;
        } else if (name === 'no_reverse' && setup.since('1.4.0')) {
          // It takes no words; ones behind it are read as a line of their own.
        } else if (name === 'ttl' && setup.since('1.4.0')) hostsTtl(setup);
        else if (name === 'reload' && setup.since('1.4.0')) hostsReload(setup);
        else if (name === 'fallthrough_unsupported' && setup.since('1.14.7')) {
          expectArgs(setup, 0);
          unsupported = true;
        } else if (falls) throw setup.plain(`unknown property '${name}'`);
        else setup.rest();
      }
      if (unsupported && !falls) throw setup.plain('fallthrough_unsupported requires fallthrough');
    },
    { once: true },
  );
};

function hostsTtl(setup: Setup): void {
  const [text] = setup.rest();
  if (text === undefined) throw setup.plain('ttl needs a time in second');
  const value = atoi(text);
  if (value === undefined) throw setup.plain('ttl needs a number of second');
  if (value <= 0 || value > 65535) throw setup.plain('ttl provided is invalid');
}

function hostsReload(setup: Setup): void {
  const args = setup.rest();
  const [time = ''] = args;
  if (args.length !== 1) throw setup.plain('reload needs a duration (zero seconds to disable)');
  const value = parseDuration(time);
  if (value === undefined) throw setup.plain(`invalid duration for reload '${time}'`);
  if (value < 0) throw setup.plain(`invalid negative duration for reload '${time}'`);
}

export const template: SetupRule = (setup) => {
  const bodies = (name: string) => () => {
    const args = setup.rest();
    if (args.length === 0) throw setup.argumentError();
    for (const arg of args) {
      const error = templateError(arg, setup.since('1.10.0') ? ['parseInt'] : []);
      if (error !== undefined)
        throw setup.plain(`could not compile template: ${setup.value}, template: ${name}:1: ${error}`);
    }
  };
  const functions = new Set(['group']);
  eachLine(setup, () => {
    const values = new Set<string>();
    const kind = expectArg(setup);
    if (!isClass(kind)) throw setup.plain(`invalid query class ${kind}`);
    const type = expectArg(setup);
    if (!isType(type)) throw setup.plain(`invalid RR class ${type}`);
    setup.rest();
    readOptions(
      setup,
      {
        match: () => {
          const args = setup.rest();
          if (args.length === 0) throw setup.argumentError();
          for (const arg of args) {
            if (setup.since('1.14.0') && arg.length > 10_000) {
              throw setup.plain(`regex pattern too long: ${arg.length} > 10000`);
            }
            regexp(setup, arg, (error) => `could not parse regex: ${arg}, ${error}`);
          }
        },
        answer: bodies('answer'),
        additional: bodies('additional'),
        authority: bodies('authority'),
        rcode: () => {
          const code = expectArg(setup);
          if (!isRcode(code)) throw setup.plain(`unknown rcode ${code}`);
        },
        ederror: {
          since: '1.10.1',
          read: () => {
            const [code = ''] = expectArgs(setup, 1, 2);
            if (parseUint(code, 16) === undefined) {
              const why = numberError('ParseUint', code);
              throw setup.plain(`error parsing extended DNS error code ${code}, ${why}`);
            }
          },
        },
        var: {
          since: '1.15.0',
          read: () => {
            const [name = '', ...words] = setup.rest();
            if (words.length === 0) throw setup.argumentError();
            if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw setup.plain(`invalid variable name ${goQuote(name)}`);
            if (!isFreeName(name, { values, functions }))
              throw setup.plain(`variable name ${goQuote(name)} is reserved`);
            const error = expressionError(words.join(' '), { values, functions });
            if (error !== undefined) throw setup.plain(`could not compile expression: ${name}, ${error}`);
            values.add(name);
          },
        },
        expr: {
          since: '1.15.0',
          read: () => {
            const words = setup.rest();
            if (words.length === 0) throw setup.argumentError();
            const error = expressionError(words.join(' '), { values, functions });
            if (error !== undefined) throw setup.plain(`could not compile expression: ${error}`);
          },
        },
        fallthrough: () => setup.rest(),
        upstream: () => setup.rest(),
      },
      () => setup.argumentError(),
    );
  });
};
