/** What Go's strconv and time read as numbers, so that a setting is accepted exactly when CoreDNS accepts it. */

const INT64 = 2n ** 63n;
const INT = /^[+-]?[0-9]+$/;

/** `strconv.Atoi`: a decimal number of 64 bits. Undefined for what it refuses. */
export function atoi(text: string): number | undefined {
  if (!INT.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= INT64 || value < -INT64 ? undefined : Number(value);
}

/** The error text of `strconv.Atoi` or another function of that package. */
export function numberError(call: string, text: string): string {
  const number = call === 'ParseUint' ? /^[0-9]+$/ : INT;
  const range = number.test(text) ? 'value out of range' : 'invalid syntax';
  return `strconv.${call}: parsing ${goQuote(text)}: ${range}`;
}

/** `strconv.ParseUint` of so many bits. Base 0 reads 0x, 0o, 0b, a leading 0 and underscores too. */
export function parseUint(text: string, bits: number, base: 0 | 10 = 10): number | undefined {
  const limit = 2n ** BigInt(bits);
  let digits = text;
  if (base === 0) {
    if (!/^[0-9][0-9a-zA-Z_]*$/.test(text) || /__|_$/.test(text)) return undefined;
    digits = text.replaceAll('_', '').toLowerCase();
    if (/^0[0-9]+$/.test(digits)) digits = `0o${digits.slice(1)}`;
    if (!/^(0x[0-9a-f]+|0o[0-7]+|0b[01]+|[0-9]+)$/.test(digits)) return undefined;
  } else if (!/^[0-9]+$/.test(text)) return undefined;
  const value = BigInt(digits);
  return value >= limit ? undefined : Number(value);
}

/** `strconv.ParseInt` in base 10 of 32 bits. */
export function parseInt32(text: string): number | undefined {
  const value = atoi(text);
  return value === undefined || value > 0x7fffffff || value < -0x80000000 ? undefined : value;
}

/** `strconv.ParseBool`. */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

/** `strconv.ParseFloat`; hexadecimal floats, which nobody writes in a Corefile, are not read. */
export function parseFloat64(text: string): number | undefined {
  if (/^[+-]?(inf|infinity|nan)$/i.test(text))
    return /nan/i.test(text) ? Number.NaN : Number(`${text[0] === '-' ? '-' : ''}1e999`);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
};
/** Milliseconds that fit into Go's 64 bits of nanoseconds. */
const LONGEST = 9_223_372_036_854;

/** `time.ParseDuration` in milliseconds: signed numbers with units, `1h30m`; `0` needs no unit, everything else does. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return /^[+-]?0$/.test(text) ? 0 : undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of (match[2] ?? '').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0);
  }
  if (total > LONGEST) return undefined;
  return match[1] === '-' ? -total : total;
}

/** The error text of `time.ParseDuration`. */
export function durationError(text: string): string {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)/.exec(text);
  if (number === null) return `time: invalid duration ${goQuote(text)}`;
  const rest = text.slice(number[0].length);
  if (rest === '') return `time: missing unit in duration ${goQuote(text)}`;
  const unit = /^[^.0-9]+/.exec(rest)?.[0] ?? '';
  if (unit !== '' && !(unit in UNITS)) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
  return `time: invalid duration ${goQuote(text)}`;
}

/** A duration as Go prints it, for the error texts that quote one. */
export function writeDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  if (rest < 1e-3) return `${sign}${Math.round(rest * 1e6)}ns`;
  if (rest < 1) return `${sign}${rest * 1e3}µs`;
  if (rest < 1000) return `${sign}${rest}ms`;
  const hours = Math.floor(rest / 3.6e6);
  rest -= hours * 3.6e6;
  const minutes = Math.floor(rest / 6e4);
  const seconds = Number(((rest - minutes * 6e4) / 1000).toFixed(9));
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** A text as Go's `%q` writes it. */
export function goQuote(text: string): string {
  const escaped = text.replace(
    /["\\\n\t\r]/g,
    (char) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[char] ?? `\\${char}`,
  );
  return `"${escaped}"`;
}
