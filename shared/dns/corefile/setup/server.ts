import { isIp, parseCidr } from '../go/addresses.ts';
import { expressionError } from '../go/expression.ts';
import { atoi, goQuote, parseDuration, writeDuration } from '../go/numbers.ts';
import { duration, wholeNumber } from './common.ts';
import { eachLine, expectArg, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

const SECOND = 1000;

/** Rules of the plugins that set up the server and its own ports. */

export const root: SetupRule = (setup) => {
  eachLine(setup, () => {
    setup.settings.root = expectArg(setup);
  });
};

/** Interfaces that a pod or node may well have; any other name that is no address is taken for a mistake. */
const INTERFACE =
  /^(lo|eth|en[opsx]|ens|wl|bond|br|docker|cni|nodelocaldns|flannel|cali|veth|dummy|tun|tap|vlan|vxlan|kube-|cilium|lxc|weave|tailscale|wg|ip6tnl|sit|team|virbr|lxd|podman|any|ib)[\w.@:-]*$/;

const LOOPBACK = ['127.0.0.1', '::1'];

export const bind: SetupRule = (setup) => {
  const listen: string[] = [];
  const wanted = setup.since('1.8.4')
    ? 'at least one address or interface name is expected'
    : 'at least one address is expected';
  function addresses(args: readonly string[]): readonly string[] {
    for (const arg of args) {
      if (arg === 'lo' && setup.since('1.8.4')) continue;
      if (isIp(arg)) continue;
      if (!setup.since('1.8.4')) throw setup.plain(`not a valid IP address: ${arg}`);
      if (!INTERFACE.test(arg)) throw setup.plain(`not a valid IP address or interface name: ${goQuote(arg)}`);
      setup.server.assume(`network interface ${arg}`);
    }
    return args.flatMap((arg) => (arg === 'lo' ? LOOPBACK : [arg]));
  }
  eachLine(setup, () => {
    const args = setup.rest();
    if (args.length === 0) throw setup.plain(wanted);
    let except: readonly string[] = [];
    if (setup.since('1.8.4')) {
      readOptions(
        setup,
        {
          except: () => {
            except = setup.rest();
            if (except.length === 0) {
              throw setup.plain('at least one address or interface must be given to except subdirective');
            }
          },
        },
        (name) => setup.plain(`invalid option ${goQuote(name)}`),
      );
    } else if (setup.nextInBlock()) throw setup.plain(`not a valid IP address: ${setup.value}`);
    const left = addresses(except);
    listen.push(...addresses(args).filter((address) => !left.includes(address)));
  });
  setup.settings.listen = listen;
};

export const debug: SetupRule = (setup) => {
  eachLine(setup, () => {
    if (setup.nextArg()) throw setup.argumentError();
  });
};

export const cancel: SetupRule = (setup) => {
  eachLine(setup, () => {
    const [time] = expectArgs(setup, 0, 1);
    if (time === undefined) return;
    const value = parseDuration(time);
    if (value === undefined) throw setup.plain(`invalid duration: ${goQuote(time)}`);
    if (value <= 0) throw setup.plain(`invalid negative duration: ${goQuote(time)}`);
  });
};

export const timeouts: SetupRule = (setup) => {
  eachLine(setup, () => {
    expectArgs(setup, 0);
    let given = 0;
    while (setup.nextInBlock()) {
      const name = setup.value;
      const [value = ''] = expectArgs(setup, 1);
      given += 1;
      if (name === 'maxtcpqueries' && setup.since('1.14.7')) {
        const queries = atoi(value);
        if (queries === undefined) throw setup.plain(`invalid value for maxtcpqueries '${value}'`);
        if (queries === 0 || queries < -1) {
          throw setup.plain(`maxtcpqueries provided '${queries}' needs to be -1 (unlimited) or a positive integer`);
        }
        continue;
      }
      const time = durationOrSeconds(setup, value);
      if (time < SECOND || time > 24 * 3600 * SECOND) {
        throw setup.plain(`timeout provided '${writeDuration(time)}' needs to be between 1 second and 24 hours`);
      }
      if (!['read', 'write', 'idle'].includes(name)) throw setup.plain(`unknown option: '${name}'`);
    }
    if (given === 0) throw setup.plain('timeouts block with no timeouts specified');
  });
};

function durationOrSeconds(setup: Setup, text: string): number {
  const value = parseDuration(atoi(text) === undefined ? text : `${text}s`);
  if (value === undefined)
    throw setup.plain(`failed to parse duration '${atoi(text) === undefined ? text : `${text}s`}'`);
  return value;
}

export const multisocket: SetupRule = (setup) => {
  setup.next();
  const args = setup.rest();
  if (args.length > 1 || setup.next()) throw setup.argumentError();
  const [count] = args;
  if (count === undefined) return;
  const sockets = atoi(count);
  if (sockets === undefined)
    throw setup.plain(`invalid num sockets: strconv.Atoi: parsing ${goQuote(count)}: invalid syntax`);
  if (sockets < 1) throw setup.plain(`num sockets can not be zero or negative: ${sockets}`);
  if (setup.since('1.13.2') && sockets > 1024) throw setup.plain(`num sockets exceeds maximum (1024): ${sockets}`);
};

/** A limit of a listener: the version that has it first, the least and the highest number. */
type Limit = readonly [since: string, least: 0 | 1, most?: number];

/** Options of the plugins that limit a listener: a whole number each, once in a block. */
function limits(names: Readonly<Record<string, Limit>>): SetupRule {
  return (setup) => {
    setup.next();
    expectArgs(setup, 0);
    readOptions(
      setup,
      Object.fromEntries(
        Object.entries(names).map(([name, of]) => [name, { since: of[0], read: () => limit(setup, name, of) }]),
      ),
    );
  };
}

function limit(setup: Setup, name: string, [, least, most = Number.POSITIVE_INFINITY]: Limit): void {
  const [text = ''] = expectArgs(setup, 1);
  const value = atoi(text);
  if (value === undefined) throw setup.plain(`invalid ${name} value '${text}'`);
  if (value > most) throw setup.plain(`${name} must not exceed ${most}: ${value}`);
  if (value < least) {
    throw setup.plain(`${name} must be a ${least === 0 ? 'non-negative' : 'positive'} integer: ${value}`);
  }
  if (setup.settings.once.has(name)) throw setup.plain(`${name} already defined for this server block`);
  setup.settings.once.add(name);
}

export const quic = limits({
  max_streams: ['1.12.2', 1],
  worker_pool_size: ['1.12.2', 1],
  max_connections: ['1.15.0', 0],
});
export const grpcServer = limits({ max_streams: ['1.14.0', 0], max_connections: ['1.14.0', 0] });
export const https = limits({ max_connections: ['1.14.0', 0], max_streams: ['1.15.0', 0, 0xffffffff] });
export const https3 = limits({ max_streams: ['1.14.0', 0], max_connections: ['1.14.7', 0] });

const CLIENT_AUTH = ['nocert', 'request', 'require', 'verify_if_given', 'require_and_verify'];
const ACME_OPTIONS = ['acme', 'email', 'ca', 'storage', 'ca_root', 'resolver'];

export const tls: SetupRule = (setup) => {
  eachLine(setup, () => {
    const args = setup.rest();
    if (args.length === 0 && setup.since('1.14.7')) {
      acme(setup);
      setup.settings.tls = true;
      return;
    }
    if (args.length < 2 || args.length > 3) throw setup.argumentError();
    readOptions(
      setup,
      {
        client_auth: {
          since: '1.5.1',
          read: () => {
            const [type = ''] = expectArgs(setup, 1);
            if (!CLIENT_AUTH.includes(type)) throw setup.plain(`unknown authentication type '${type}'`);
          },
        },
        keylog: { since: '1.14.3', read: () => expectArgs(setup, 1) },
      },
      (name) => setup.plain(`unknown option '${name}'`),
    );
    for (const path of args) setup.open(path);
    setup.settings.tls = true;
  });
};

function acme(setup: Setup): void {
  const seen = new Set<string>();
  while (setup.nextInBlock()) {
    const name = setup.value;
    const args = setup.rest();
    if (seen.has(name)) throw setup.plain(`ACME option ${goQuote(name)} can only be specified once`);
    seen.add(name);
    if (!ACME_OPTIONS.includes(name)) throw setup.plain(`unknown ACME option ${goQuote(name)}`);
    if (args.length === 0 || (name !== 'acme' && args.length > 1)) throw setup.argumentError();
    if (name === 'ca' && !/^https?:\/\/[^/]/.test(args[0] ?? ''))
      throw setup.plain(`invalid ACME CA URL ${goQuote(args[0] ?? '')}`);
  }
  if (!seen.has('acme')) throw setup.plain('ACME requires at least one domain');
}

export const view: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      const [name = ''] = expectArgs(setup, 1);
      setup.settings.views.push(name);
      readOptions(setup, {
        expr: () => {
          const error = expressionError(setup.rest().join(' '));
          if (error !== undefined) throw setup.plain(error);
        },
      });
    },
    { once: true },
  );
};

export const proxyproto: SetupRule = (setup) => {
  eachLine(setup, () => {
    expectArgs(setup, 0);
    readOptions(
      setup,
      {
        allow: () => {
          const wrong = setup.rest().find((network) => parseCidr(network) === undefined);
          if (wrong !== undefined) throw setup.plain(`${wrong}: invalid CIDR address: ${wrong}`);
        },
        default: () => {
          const [policy = ''] = expectArgs(setup, 1);
          if (!['use', 'ignore', 'reject', 'skip'].includes(policy.toLowerCase())) throw setup.argumentError();
        },
        tlv_metadata: { since: '1.15.0', read: () => expectArgs(setup, 0) },
        udp_session_tracking: () => {
          const [time = '', most] = expectArgs(setup, 1, 2);
          duration(setup, time);
          if (most !== undefined && wholeNumber(setup, most) <= 0) {
            throw setup.plain(
              `udp_session_tracking: invalid max sessions ${goQuote(most)}: must be a positive integer`,
            );
          }
        },
      },
      (name) => setup.plain(`unknown option '${name}'`),
    );
  });
};

export const shed: SetupRule = (setup) => {
  eachLine(
    setup,
    () => {
      expectArgs(setup, 0);
      if (setup.nextInBlock()) throw setup.plain('shed takes no options');
    },
    { once: true },
  );
  const other = setup.server.served.find((served) => served.transport !== 'dns');
  if (other !== undefined) {
    throw setup.plain(
      `only plain DNS server blocks are supported; "${other.zone}" uses transport "${other.transport}"`,
    );
  }
};

/** Events of the `on` plugin (coredns/caddy onevent/hook). */
export const on: SetupRule = (setup) => {
  eachLine(setup, () => {
    const event = expectArg(setup);
    if (!['startup', 'shutdown', 'certrenew'].includes(event.toLowerCase())) {
      throw setup.plain(`Wrong event name or event not supported: '${event}'`);
    }
    const command = setup.rest().join(' ');
    if (command.trim() === '') throw setup.plain(`no command contained in '${command}'`);
  });
};
