import { atoi, durationError, goQuote, parseDuration } from '../go/numbers.ts';
import { eachLine, expectArg, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that copy zones from a cloud provider. */

/** Zones of a cloud plugin, `zone:id` and no zone twice. */
function cloudZones(
  setup: Setup,
  parts: number,
  invalid: (arg: string) => string,
  conflict: (arg: string) => string,
): void {
  const seen = new Set<string>();
  for (const arg of setup.rest()) {
    const words = arg.split(':');
    const split = [...words.slice(0, parts - 1), words.slice(parts - 1).join(':')];
    if (words.length < parts || split.some((word) => word === '')) throw setup.plain(invalid(arg));
    if (seen.has(arg)) throw setup.plain(conflict(arg));
    seen.add(arg);
  }
}

/** How often zones are read again: a duration, or a number of seconds. */
function refresh(setup: Setup, unable: 'Unable' | 'unable'): void {
  const word = expectArg(setup);
  const text = atoi(word) === undefined ? word : `${word}s`;
  const value = parseDuration(text);
  if (value === undefined) throw setup.plain(`${unable} to parse duration: ${durationError(text)}`);
  if (value <= 0) throw setup.plain(`refresh interval must be greater than 0: ${goQuote(text)}`);
}

export const route53: SetupRule = (setup) => {
  eachLine(setup, () => {
    cloudZones(
      setup,
      2,
      (arg) => `invalid zone ${goQuote(arg)}`,
      (arg) => `conflict zone ${goQuote(arg)}`,
    );
    readOptions(
      setup,
      {
        aws_access_key: () => {
          const args = setup.rest();
          if (args.length < 2) throw setup.plain(`invalid access key: '[${args.join(' ')}]'`);
        },
        aws_endpoint: { since: '1.8.7', read: () => expectArg(setup) },
        upstream: () => setup.rest(),
        credentials: () => {
          expectArg(setup);
          setup.nextArg();
        },
        fallthrough: () => setup.rest(),
        refresh: { since: '1.6.2', read: () => refresh(setup, 'Unable') },
      },
      (name) => setup.plain(`unknown property ${goQuote(name)}`),
    );
    setup.server.assume('Amazon Route 53');
  });
};

const AZURE_CLOUDS = [
  'azurechinacloud',
  'azuregermancloud',
  'azurecloud',
  'azurepubliccloud',
  'azurestackcloud',
  'azureusgovernmentcloud',
  'azureusgovernment',
];

export const azure: SetupRule = (setup) => {
  eachLine(setup, () => {
    cloudZones(
      setup,
      2,
      (arg) => `invalid resource group/zone: ${goQuote(arg)}`,
      (arg) => `conflicting zone: ${goQuote(arg)}`,
    );
    const word = () => expectArg(setup);
    readOptions(
      setup,
      {
        subscription: word,
        tenant: word,
        client: word,
        secret: word,
        environment: () => {
          const name = word();
          if (!AZURE_CLOUDS.includes(name.toLowerCase())) {
            throw setup.plain(
              `cannot set azure environment: "autorest/azure: There is no cloud environment matching the name ${goQuote(name.toUpperCase())}"`,
            );
          }
        },
        fallthrough: () => setup.rest(),
        access: {
          since: '1.6.8',
          read: () => {
            const access = word();
            if (access !== 'public' && access !== 'private') {
              throw setup.plain(`invalid access value: can be public/private, found: ${access}`);
            }
          },
        },
        refresh: { since: '1.15.0', read: () => refresh(setup, 'unable') },
      },
      (name) => setup.plain(`unknown property: ${goQuote(name)}`),
    );
    setup.server.assume('Azure DNS');
  });
};

export const clouddns: SetupRule = (setup) => {
  eachLine(setup, () => {
    cloudZones(
      setup,
      3,
      (arg) => `invalid zone ${goQuote(arg)}`,
      (arg) => `conflict zone ${goQuote(arg)}`,
    );
    readOptions(
      setup,
      {
        upstream: () => setup.rest(),
        credentials: () => setup.open(expectArg(setup)),
        endpoint: { since: '1.15.0', read: () => expectArg(setup) },
        fallthrough: () => setup.rest(),
        refresh: { since: '1.15.0', read: () => refresh(setup, 'unable') },
      },
      (name) => setup.plain(`unknown property ${goQuote(name)}`),
    );
    setup.server.assume('Google Cloud DNS');
  });
};
