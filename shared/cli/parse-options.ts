import { Parser } from 'yargs/helpers';
import type { FailOn } from '../report/report.ts';
import type { Option, Options } from './command.ts';
import { UsageError } from './command.ts';
import { didYouMean } from './nearest.ts';
import type { Flag } from './split-arguments.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Gives flags their types, through the parser of yargs: its own front door makes help, translations and an Intl.Segmenter
 * that are not used here, at 15 ms a start. Throws a UsageError for a value of the wrong type or outside the choices.
 */
export function parseOptions(flags: readonly Flag[], options: readonly Option[]): Options {
  for (const { option, value } of flags) checkChoice(option, value);
  const named = (...types: readonly Option['type'][]): string[] =>
    options.filter((option) => types.includes(option.type)).map((option) => option.name);
  const { argv, error } = Parser.detailed(
    flags.map(({ option, value }) => `--${option.name}=${value}`),
    {
      string: named('string', 'array'),
      array: named('array'),
      boolean: named('boolean'),
      number: named('number'),
      configuration: {
        'boolean-negation': false,
        'camel-case-expansion': false,
        'dot-notation': false,
        'parse-numbers': false,
      },
    },
  );
  if (error !== null && error !== undefined) throw new UsageError(error.message);
  return toOptions(argv);
}

function checkChoice(option: Option, value: string): void {
  if (option.type === 'number' && !/^\d+$/.test(value)) {
    throw new UsageError(`flag --${option.name} needs a number, not ${value}`);
  }
  if (option.choices === undefined || option.choices.includes(value)) return;
  const near = didYouMean(value, option.choices);
  const all = `It takes ${option.choices.join(', ')}.`;
  throw new UsageError(`flag --${option.name} does not take ${value}`, near === '' ? all : `${near} ${all}`);
}

function toOptions(values: Values): Options {
  const string = (name: string): string | undefined => {
    const value = values[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === 'string' ? last : undefined;
  };
  const boolean = (name: string): boolean => {
    const value = values[name];
    return (Array.isArray(value) ? value.at(-1) : value) === true;
  };
  const list = (name: string): readonly string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  };
  return {
    string,
    boolean,
    number: (name) => (typeof values[name] === 'number' ? values[name] : undefined),
    list,
    failOn: (string('fail-on') ?? 'warning') as FailOn,
    connection: {
      ...text('kubeconfig', string('kubeconfig')),
      ...text('context', string('context')),
      ...text('cluster', string('cluster')),
      ...text('user', string('user')),
      ...text('namespace', string('namespace')),
      ...text('as', string('as')),
      ...(list('as-group').length === 0 ? {} : { asGroup: list('as-group') }),
      ...text('asUid', string('as-uid')),
      ...text('token', string('token')),
      ...text('server', string('server')),
      ...text('certificateAuthority', string('certificate-authority')),
      ...text('clientCertificate', string('client-certificate')),
      ...text('clientKey', string('client-key')),
      ...(boolean('insecure-skip-tls-verify') ? { insecureSkipTlsVerify: true } : {}),
      ...text('tlsServerName', string('tls-server-name')),
      ...text('requestTimeout', string('request-timeout')),
    },
  };
}

function text<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: string });
}
