import { isBelow, isDomainName, isType, normalName } from '../go/names.ts';
import { atoi, goQuote, parseUint } from '../go/numbers.ts';
import { zonesOf } from '../zones.ts';
import { expectArgs, ONCE, type Setup, type SetupRule } from './context.ts';

const LIMITS = ['max_records', 'max_bytes', 'max_update_records'];

/** Types that stand for no records of their own, so that nobody can be allowed to change them. */
const NO_RECORDS = ['None', 'AXFR', 'IXFR', 'MAILA', 'MAILB', 'OPT', 'TKEY', 'TSIG'];

/** The rule of `dynupdate`, zones that clients with a key may change (coredns plugin/dynupdate/setup.go). */
export const dynupdate: SetupRule = (setup) => {
  setup.next();
  const origin = originOf(setup, setup.rest());
  const seen = new Set<string>();
  while (setup.nextInBlock()) {
    const name = setup.value;
    if (name !== 'allow' && seen.has(name)) throw setup.plain(`${name} specified more than once`);
    seen.add(name);
    if (name === 'allow') checkPermission(setup, setup.rest(), origin);
    else if (LIMITS.includes(name)) {
      const [text = ''] = expectArgs(setup, 1);
      if ((atoi(text) ?? 0) <= 0) throw setup.plain(`${name} requires a positive integer`);
    } else if (name === 'database') {
      const [path] = expectArgs(setup, 1);
      if (path === '') throw setup.argumentError();
      setup.server.assume(`database ${path}`);
    } else if (name === 'file') {
      setup.open(expectArgs(setup, 1)[0] ?? '');
    } else throw setup.plain(`unknown property ${goQuote(name)}`);
  }
  if (setup.next()) throw setup.plain(ONCE);
  if (!seen.has('file')) throw setup.plain('file is required');
  if (!seen.has('allow')) throw setup.plain('at least one allow rule is required');
};

function originOf(setup: Setup, args: readonly string[]): string {
  if (args.length > 1) throw setup.plain('exactly one zone is allowed');
  const [given] = args;
  const zones = new Set(given === undefined ? setup.origins([]) : zonesOf(given, setup.server.version));
  const [zone] = zones;
  if (zone !== undefined && zones.size === 1) return zone;
  throw setup.plain(
    given === undefined
      ? 'zone is required when the server block does not define exactly one zone'
      : `invalid zone ${goQuote(given)}`,
  );
}

function checkPermission(setup: Setup, [key = '', name = '', ...types]: readonly string[], origin: string): void {
  if (types.length === 0) throw setup.plain('allow requires KEY NAME and at least one RR type');
  if (['', '*', '@'].includes(key.trim()) || !isDomainName(key)) throw setup.plain(`invalid TSIG key ${goQuote(key)}`);
  if (name !== '*' && name !== '@' && !(isDomainName(name) && isBelow(normalName(name), origin))) {
    throw setup.plain(`allow name ${goQuote(name)} is outside zone ${goQuote(origin)}`);
  }
  for (const type of types) {
    if (type === '*') {
      if (types.length > 1) throw setup.plain('wildcard RR type must be the only type in an allow rule');
    } else if (!isRecordType(type.toUpperCase())) {
      throw setup.plain(`invalid RR type ${goQuote(type)} in allow rule`);
    }
  }
}

function isRecordType(type: string): boolean {
  if (isType(type)) return !NO_RECORDS.includes(type);
  return type.startsWith('TYPE') && (parseUint(type.slice(4), 16) ?? 0) > 0;
}
