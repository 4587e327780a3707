import { isIp, splitAddress, withoutZone } from '../go/addresses.ts';
import { isDomainName, isRcode } from '../go/names.ts';
import { durationError, goQuote, parseDuration } from '../go/numbers.ts';
import { splitTransport, zonesOf } from '../zones.ts';
import { duration, looksLikePath, unsigned, wholeNumber } from './common.ts';
import { eachLine, expectArg, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that ask other servers. */

const MOST_UPSTREAMS = 15;

/** Name servers that a resolv.conf names. */
export function nameserversOf(resolvConf: string): readonly string[] {
  return resolvConf
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([word, address]) => word === 'nameserver' && address !== undefined)
    .map(([, address = '']) => address);
}

/** The servers that an upstream word stands for; several when it is a file (plugin/pkg/parse HostPortOrFile). */
function serversOf(setup: Setup, word: string): readonly string[] {
  const { transport, rest } = splitTransport(word, setup.server.version);
  if (rest === '') throw setup.plain(`invalid address: ${goQuote(word)}`);
  if (transport === 'unix') return [word];
  const parts = splitAddress(rest);
  const bare = setup.since('1.14.2') && 'error' in parts ? rest.replace(/^[[\]]+|[[\]]+$/g, '') : rest;
  const host = 'error' in parts ? bare : parts.host;
  if (isIp(setup.since('1.6.7') ? withoutZone(host) : host)) return [word];
  // A folder can be opened as a file and has no line in it.
  if (rest === '.' || rest === '..') return [];
  if (looksLikePath(rest)) {
    const content = setup.open(rest);
    return content === undefined ? ['?'] : nameserversOf(content);
  }
  if (setup.since('1.14.4') && isHostName(host)) {
    // A scheme that forward does not know is taken for a host, and such a host nobody has.
    if (rest.startsWith(`${host}://`)) throw setup.plain(`failed to resolve ${goQuote(host)}`);
    setup.server.assume(`name ${host}`);
    return [word];
  }
  throw setup.plain(
    setup.since('1.14.4')
      ? `not an IP address, file, or valid domain: ${goQuote(word)}`
      : `not an IP address or file: ${goQuote(rest)}`,
  );
}

/** What 1.14.4 and later look up themselves: a host name with a dot or a letter in it. */
function isHostName(host: string): boolean {
  return isDomainName(host) && /^[A-Za-z0-9_]([-A-Za-z0-9_.]*[A-Za-z0-9_.])?$/.test(host) && /[A-Za-z]/.test(host);
}

const DESTINATIONS = ['dns', 'tls'];

export const forward: SetupRule = (setup) => {
  const counts: number[] = [];
  eachLine(
    setup,
    () => {
      const from = expectArg(setup);
      if (zonesOf(from, setup.server.version).length === 0) throw setup.plain(`unable to normalize '${from}'`);
      const to = setup.rest();
      if (to.length === 0) throw setup.argumentError();
      const optionsFirst = setup.since('1.14.4');
      const times = { expire: 10_000, maxAge: 0 };
      const settings = { serverName: false };
      if (optionsFirst) {
        forwardOptions(setup, times, settings);
        if (times.maxAge > 0 && times.maxAge < times.expire) {
          throw setup.plain('max_age must not be less than expire');
        }
      }
      const servers = to.flatMap((word) => serversOf(setup, word));
      if (servers.length === 0) {
        throw setup.plain(optionsFirst ? 'no valid upstream addresses found' : 'no nameservers found');
      }
      for (const server of servers) checkDestination(setup, server, settings.serverName);
      if (!optionsFirst) forwardOptions(setup, times, settings);
      // A file counts as the one word it is since then.
      counts.push(optionsFirst ? to.length : servers.length);
    },
    { once: setup.since('1.1.0') && !setup.since('1.9.4') },
  );
  const many = counts.find((count) => count > MOST_UPSTREAMS);
  if (many !== undefined) throw setup.plain(`more than ${MOST_UPSTREAMS} TOs configured: ${many}`);
};

function checkDestination(setup: Setup, server: string, serverName: boolean): void {
  const { transport, rest } = splitTransport(server, setup.server.version);
  const allowed = [
    ...DESTINATIONS,
    ...(setup.since('1.14.5') ? ['https'] : []),
    ...(setup.since('1.15.0') ? ['quic'] : []),
  ];
  if (setup.since('1.7.0') && !allowed.includes(transport)) {
    throw setup.plain(`'${transport}' is not supported as a destination protocol in forward: ${server}`);
  }
  if (transport === 'https' && rest.includes('/')) {
    throw setup.plain(
      `paths are not allowed in HTTPS upstream addresses (the /dns-query path is used by default): ${server}`,
    );
  }
  const encrypts = transport === 'tls' || (transport === 'quic' && setup.since('1.15.0'));
  if (encrypts && serverName && setup.since('1.13.2') && rest.includes('%')) {
    throw setup.plain(`both forward and proxy level TLS servernames are set for upstream proxy '${server}'`);
  }
}

function forwardOptions(
  setup: Setup,
  times: { expire: number; maxAge: number },
  settings: { serverName: boolean },
): void {
  const flag = () => {
    if (setup.nextArg()) throw setup.argumentError();
  };
  const positive = (name: string, least: number) => () => {
    const value = wholeNumber(setup, expectArg(setup));
    if (value < least) throw setup.plain(`${name} can't be negative: ${value}`);
  };
  const rcodes = (name: string) => () => {
    const args = setup.rest();
    if (args.length === 0) throw setup.argumentError();
    const wrong = args.find((arg) => !isRcode(arg.toUpperCase()));
    if (wrong !== undefined) throw setup.plain(`${wrong} is not a valid rcode`);
    if (name === 'failover' && args.some((arg) => arg.toUpperCase() === 'NOERROR')) {
      throw setup.plain('NoError cannot be used in failover');
    }
  };
  readOptions(setup, {
    except: () => {
      if (setup.rest().length === 0) throw setup.argumentError();
    },
    max_fails: () => {
      const text = expectArg(setup);
      if (setup.since('1.9.0')) unsigned(setup, text, 32);
      else if (wholeNumber(setup, text) < 0) throw setup.plain(`max_fails can't be negative: ${text}`);
    },
    health_check: () => healthCheck(setup),
    force_tcp: flag,
    prefer_udp: { since: '1.2.0', read: flag },
    tls: () => {
      for (const path of expectArgs(setup, 0, 3)) setup.open(path);
    },
    tls_servername: () => {
      expectArg(setup);
      settings.serverName = true;
    },
    expire: () => {
      times.expire = duration(setup, expectArg(setup));
      if (times.expire < 0) throw setup.plain(`expire can't be negative: ${setup.value}`);
    },
    policy: () => {
      const name = expectArg(setup);
      if (!['random', 'round_robin', ...(setup.since('1.1.2') ? ['sequential'] : [])].includes(name)) {
        throw setup.plain(`unknown policy '${name}'`);
      }
    },
    max_concurrent: { since: '1.6.8', read: positive('max_concurrent', 0) },
    next: { since: '1.11.4', read: rcodes('next') },
    failfast_all_unhealthy_upstreams: { since: '1.12.1', read: () => expectArgs(setup, 0) },
    failover: { since: '1.13.0', read: rcodes('failover') },
    max_connect_attempts: { since: '1.13.2', read: () => unsigned(setup, expectArg(setup), 32) },
    max_idle_conns: { since: '1.14.1', read: positive('max_idle_conns', 0) },
    max_age: {
      since: '1.14.3',
      read: () => {
        times.maxAge = duration(setup, expectArg(setup));
        if (times.maxAge < 0) throw setup.plain(`max_age can't be negative: ${setup.value}`);
      },
    },
    next_on_nodata: { since: '1.14.4', read: flag },
    resolver: {
      since: '1.14.4',
      read: () => {
        const args = setup.rest();
        if (args.length === 0) throw setup.argumentError();
        for (const arg of args) {
          const parts = splitAddress(arg);
          if (!isIp('error' in parts ? arg : parts.host)) {
            throw setup.plain(`resolver must be an IP address or IP:port: ${goQuote(arg)}`);
          }
        }
      },
    },
    read_timeout: {
      since: '1.14.5',
      read: () => {
        if (duration(setup, expectArg(setup)) <= 0) throw setup.plain(`read_timeout must be positive: ${setup.value}`);
      },
    },
    doh_method: {
      since: '1.14.5',
      read: () => {
        if (!['POST', 'GET'].includes(expectArg(setup))) throw setup.plain('doh_method must be either POST or GET');
      },
    },
    source_address: {
      since: '1.14.6',
      read: () => {
        if (!isIp(expectArg(setup))) throw setup.plain(`invalid IP address: ${setup.value}`);
      },
    },
  });
}

function healthCheck(setup: Setup): void {
  const text = expectArg(setup);
  const value = parseDuration(text);
  if (value === undefined) throw setup.plain(durationError(text));
  if (value < 0) throw setup.plain(`health_check can't be negative: ${Math.round(value * 1e6)}`);
  if (!setup.since('1.6.8')) return;
  while (setup.nextArg()) {
    if (setup.value === 'no_rec') continue;
    if (setup.value !== 'domain' || !setup.since('1.9.2')) {
      throw setup.plain(`health_check: unknown option ${setup.value}`);
    }
    const domain = expectArg(setup);
    if (!isDomainName(domain)) throw setup.plain(`health_check: invalid domain name ${domain}`);
  }
}

export const grpc: SetupRule = (setup) => {
  let count = 0;
  eachLine(
    setup,
    () => {
      const from = expectArg(setup);
      if (zonesOf(from, setup.server.version).length === 0) throw setup.plain(`unable to normalize '${from}'`);
      const to = setup.rest();
      if (to.length === 0) throw setup.argumentError();
      const servers = to.flatMap((word) => grpcServers(setup, word));
      if (servers.length === 0) throw setup.plain('no nameservers found');
      count = servers.length;
      while (setup.nextInBlock()) grpcOption(setup);
    },
    { once: true },
  );
  if (count > MOST_UPSTREAMS) throw setup.plain(`more than ${MOST_UPSTREAMS} TOs configured: ${count}`);
};

function grpcServers(setup: Setup, word: string): readonly string[] {
  const { rest } = splitTransport(word, setup.server.version);
  const parts = splitAddress(rest);
  const host = 'error' in parts ? rest : parts.host;
  if (rest !== '' && !isIp(withoutZone(host)) && !looksLikePath(rest)) {
    throw setup.plain(`not an IP address or file: ${goQuote(rest)}`);
  }
  return serversOf(setup, word);
}

function grpcOption(setup: Setup): void {
  switch (setup.value) {
    case 'except':
      if (setup.rest().length === 0) throw setup.argumentError();
      return;
    case 'tls':
      for (const path of expectArgs(setup, 0, 3)) setup.open(path);
      return;
    case 'tls_servername':
      expectArg(setup);
      return;
    case 'policy': {
      const name = expectArg(setup);
      if (!['random', 'round_robin', 'sequential'].includes(name)) throw setup.plain(`unknown policy '${name}'`);
      return;
    }
    case 'fallthrough':
      if (setup.since('1.12.3')) {
        setup.rest();
        return;
      }
      throw setup.plain("unknown property 'fallthrough'");
    default:
      throw setup.plain(`unknown property '${setup.value}'`);
  }
}

/** The predecessor of `forward`, gone since 1.5.0. */
export const proxy: SetupRule = (setup) => {
  eachLine(setup, () => {
    expectArg(setup);
    const to = setup.rest();
    if (to.length === 0) throw setup.argumentError();
    const servers = to.flatMap((word) => serversOf(setup, word));
    if (servers.length > MOST_UPSTREAMS) {
      throw setup.plain(`more than ${MOST_UPSTREAMS} TOs configured: ${servers.length}`);
    }
    readOptions(setup, {
      policy: () => {
        const name = expectArg(setup);
        if (!['random', 'least_conn', 'round_robin', 'first', 'sequential'].includes(name)) throw setup.argumentError();
      },
      fail_timeout: () => duration(setup, expectArg(setup)),
      max_fails: () => wholeNumber(setup, expectArg(setup)),
      health_check: () => setup.rest(),
      except: () => {
        if (setup.rest().length === 0) throw setup.argumentError();
      },
      spray: () => undefined,
      protocol: () => {
        const [name] = setup.rest();
        if (name === undefined) throw setup.argumentError();
        if (name !== 'dns' && name !== 'grpc') throw setup.plain(`invalid protocol: ${name}`);
      },
    });
  });
};
