import { isIp, isIpv4, parseCidr } from '../go/addresses.ts';
import { goQuote } from '../go/numbers.ts';
import { eachLine, expectArg, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that translate between IPv4 and IPv6 addresses. */

/** Lengths a prefix for IPv4 addresses may have (RFC 6052, 2.2). */
const LENGTHS: readonly number[] = [32, 40, 48, 56, 64, 96];

export const dns64: SetupRule = (setup) => {
  eachLine(setup, () => {
    const args = setup.rest();
    const [prefix] = args;
    if (args.length === 1 && prefix !== undefined) {
      dns64Prefix(setup, prefix);
      return;
    }
    if (args.length > 0) throw setup.argumentError();
    readOptions(setup, {
      prefix: () => dns64Prefix(setup, expectArg(setup)),
      translate_all: () => undefined,
      allow_ipv4: { since: '1.8.7', read: () => undefined },
    });
  });
};

function dns64Prefix(setup: Setup, text: string): void {
  const network = parseCidr(text);
  if (network === undefined) throw setup.plain(`invalid CIDR address: ${text}`);
  if (network.bytes.length !== 16) throw setup.plain(`invalid netmask 32 IPv6 address: ${goQuote(text)}`);
  const known = setup.since('1.15.0') ? LENGTHS.includes(network.ones) : network.ones % 8 === 0;
  if (!known || network.ones < 32 || network.ones > 96) {
    throw setup.plain(`invalid prefix length ${goQuote(text)}`);
  }
}

export const siit: SetupRule = (setup) => {
  eachLine(setup, () => {
    expectArgs(setup, 0);
    readOptions(setup, {
      ipv6_prefix: () => siitPrefix(setup, expectArg(setup)),
      eam: () => {
        const [four = '', six = ''] = expectArgs(setup, 2);
        if (!isIpv4(four)) throw setup.plain(`invalid IPv4 address: ${goQuote(four)}`);
        if (isIpv4(six) || !isIp(six)) throw setup.plain(`invalid IPv6 address: ${goQuote(six)}`);
      },
    });
  });
};

function siitPrefix(setup: Setup, text: string): void {
  const network = parseCidr(text);
  if (network === undefined) throw setup.plain(`invalid CIDR address: ${text}`);
  if (network.bytes.length !== 16) throw setup.plain(`invalid netmask 32 IPv6 address: ${goQuote(text)}`);
  if (!LENGTHS.includes(network.ones)) {
    throw setup.plain(`invalid prefix length ${goQuote(text)}: must be one of /32, /40, /48, /56, /64, /96`);
  }
  if (network.bytes[8] !== 0)
    throw setup.plain(`invalid prefix ${goQuote(text)}: reserved octet (byte 8) must be zero`);
}
