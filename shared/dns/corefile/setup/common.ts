import { isIp, splitAddress } from '../go/addresses.ts';
import { atoi, durationError, numberError, parseDuration, parseUint } from '../go/numbers.ts';
import { compileGoRegexp } from '../go/regexp.ts';
import type { Setup } from './context.ts';

/** A whole number, or CoreDNS's complaint. */
export function wholeNumber(setup: Setup, text: string): number {
  const value = atoi(text);
  if (value === undefined) throw setup.plain(numberError('Atoi', text));
  return value;
}

/** A number without sign of so many bits, or CoreDNS's complaint. */
export function unsigned(setup: Setup, text: string, bits: number, base: 0 | 10 = 10): number {
  const value = parseUint(text, bits, base);
  if (value === undefined) throw setup.plain(numberError('ParseUint', text));
  return value;
}

/** A duration in milliseconds, or CoreDNS's complaint. */
export function duration(setup: Setup, text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw setup.plain(durationError(text));
  return value;
}

/** The expression's number of groups, or CoreDNS's complaint. */
export function regexp(setup: Setup, text: string, complaint: (error: string) => string = (error) => error): number {
  const compiled = compileGoRegexp(text);
  if ('error' in compiled) throw setup.plain(complaint(compiled.error));
  return compiled.groups;
}

/** An address to listen on, `host:port`, or CoreDNS's complaint. */
export function listenAddress(setup: Setup, text: string): void {
  const parts = splitAddress(text);
  if ('error' in parts) throw setup.plain(parts.error);
}

/** Whether a word can only be meant for a file. */
export function looksLikePath(word: string): boolean {
  return /^\.{0,2}\//.test(word);
}

/** An IP address with or without a port (plugin/pkg/parse HostPort). */
export function addressOrRefuse(setup: Setup, text: string): void {
  const parts = splitAddress(text);
  const host = 'error' in parts ? text : parts.host;
  if (!isIp(host)) throw setup.plain(`must specify an IP address: \`${host}'`);
}

/** A TTL in seconds, at most an hour, or CoreDNS's complaint. */
export function ttl(setup: Setup, text: string): void {
  const value = wholeNumber(setup, text);
  if (value < 0 || value > 3600) throw setup.plain(`ttl must be in range [0, 3600]: ${value}`);
}
