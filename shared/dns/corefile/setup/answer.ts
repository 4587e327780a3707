import { isIp, parseCidr } from '../go/addresses.ts';
import { isType } from '../go/names.ts';
import { atoi, goQuote, numberError, parseDuration, parseInt32 } from '../go/numbers.ts';
import { addressOrRefuse, duration, looksLikePath } from './common.ts';
import { eachLine, expectArgs, readOptions, type Setup, type SetupRule } from './context.ts';

/** Rules of the plugins that change, filter or make up answers. */

/** Takes no words at all on its line, as `whoami` and `minimal` do; their further lines are not looked at. */
export const noArguments: SetupRule = (setup) => {
  setup.next();
  if (setup.nextArg()) throw setup.argumentError();
};

/** Looked at since 1.14.4 only; its option came a version later. */
export const local: SetupRule = (setup) => {
  if (!setup.since('1.14.4')) return;
  eachLine(setup, () => {
    expectArgs(setup, 0);
    readOptions(setup, {
      localhost_prefix: {
        since: '1.14.5',
        read: () => {
          const [value = ''] = expectArgs(setup, 1);
          if (value !== 'on' && value !== 'off') {
            throw setup.plain(`localhost_prefix expects 'on' or 'off', got ${goQuote(value)}`);
          }
        },
      },
    });
  });
};

export const any: SetupRule = (setup) => {
  if (!setup.since('1.14.4')) return;
  setup.next();
  if (setup.nextArg() && setup.value !== '{') throw setup.argumentError();
  if (setup.value === '{') throw setup.argumentError();
};

const ACL_ACTIONS: readonly (readonly [string, string])[] = [
  ['allow', '1.6.4'],
  ['block', '1.6.4'],
  ['filter', '1.8.2'],
  ['drop', '1.10.1'],
];

export const acl: SetupRule = (setup) => {
  const actions = ACL_ACTIONS.filter(([, since]) => setup.since(since)).map(([name]) => name);
  const listed = actions.map((name) => `'${name}'`);
  const expected = `${listed.slice(0, -1).join(', ')} or ${listed.at(-1)}`;
  eachLine(setup, () => {
    setup.rest();
    while (setup.nextInBlock()) {
      if (!actions.includes(setup.value.toLowerCase())) {
        throw setup.plain(`unexpected token ${goQuote(setup.value)}; expect ${expected}`);
      }
      aclPolicy(setup, setup.rest());
    }
  });
};

function aclPolicy(setup: Setup, words: readonly string[]): void {
  for (let at = 0; at < words.length; ) {
    const section = (words[at] ?? '').toLowerCase();
    if (section !== 'type' && section !== 'net') {
      throw setup.plain(`unexpected token ${goQuote(words[at] ?? '')}; expect 'type | net'`);
    }
    let end = at + 1;
    while (end < words.length && !/^(type|net)$/i.test(words[end] ?? '')) end += 1;
    const values = words.slice(at + 1, end);
    if (values.length === 0) throw setup.plain(`no token specified in ${goQuote(section)} section`);
    for (const value of values) {
      if (value === '*') break;
      if (section === 'type' && !isType(value))
        throw setup.plain(`unexpected token ${goQuote(value)}; expect legal QTYPE`);
      if (section === 'net') {
        const network = value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`;
        if (parseCidr(network) === undefined) throw setup.plain(`illegal CIDR notation ${goQuote(network)}`);
      }
    }
    at = end;
  }
}

export const autopath: SetupRule = (setup) => {
  eachLine(setup, () => {
    const args = setup.rest();
    const source = args.at(-1);
    if (source === undefined) throw setup.plain('no resolv-conf specified');
    if (source.startsWith('@')) {
      const plugin = source.slice(1);
      // Others have no search path to give; one that is not in the block is passed over.
      if (plugin !== 'kubernetes' && plugin !== 'erratic' && setup.server.has(plugin)) {
        throw setup.plain(`${plugin} does not implement the AutoPather interface`);
      }
    } else if (looksLikePath(source)) setup.open(source);
    else throw setup.plain(`failed to parse ${goQuote(source)}: open ${source}: no such file or directory`);
  });
};

export const bufsize: SetupRule = (setup) => {
  setup.next();
  const [size] = expectArgs(setup, 0, 1);
  if (size === undefined) return;
  const value = atoi(size);
  if (value === undefined || value < 512 || value > 4096) throw setup.argumentError();
};

export const chaos: SetupRule = (setup) => {
  if (!setup.since('1.14.4')) return;
  setup.next();
  setup.rest();
  if (setup.nextInBlock()) throw setup.plain(`unknown property '${setup.value}'`);
};

export const erratic: SetupRule = (setup) => {
  const amount = (text: string | undefined) => {
    if (text === undefined) return;
    const value = parseInt32(text);
    if (value === undefined) throw setup.plain(numberError('ParseInt', text));
    if (value < 0) throw setup.plain(`illegal amount value given ${goQuote(text)}`);
  };
  eachLine(setup, () => {
    readOptions(setup, {
      drop: () => amount(expectArgs(setup, 0, 1)[0]),
      truncate: () => amount(expectArgs(setup, 0, 1)[0]),
      delay: () => {
        const [count, time] = expectArgs(setup, 0, 2);
        amount(count);
        if (time !== undefined) duration(setup, time);
      },
      large: { since: '1.2.5', read: () => undefined },
    });
  });
};

const FLAGS = ['aa', 'ra', 'rd'];

export const header: SetupRule = (setup) => {
  while (setup.next()) {
    let rules = 0;
    while (setup.nextInBlock()) {
      const selector = setup.value.toLowerCase();
      let action = '';
      const short = selector === 'set' || selector === 'clear';
      if (setup.since('1.9.4') && !(short && !setup.since('1.12.4'))) {
        if (selector !== 'query' && selector !== 'response') {
          throw setup.plain(`setting up rule: invalid selector=${selector} should be query or response`);
        }
        if (setup.nextArg()) action = setup.value;
      } else action = setup.value;
      const args = setup.rest();
      if (action === '') throw setup.plain('setting up rule: no flag action provided');
      if (args.length === 0) {
        throw setup.plain('setting up rule: invalid length for flags, at least one should be provided');
      }
      if (!/^(set|clear)$/i.test(action)) {
        throw setup.plain(`setting up rule: unknown flag action=${action.toLowerCase()}, should be set or clear`);
      }
      const wrong = args.find((arg) => !FLAGS.includes(arg.toLowerCase()));
      if (wrong !== undefined) throw setup.plain(`setting up rule: unknown/unsupported flag=${wrong.toLowerCase()}`);
      rules += args.length;
    }
    if (rules > 0) return;
  }
  throw setup.argumentError();
};

export const loadbalance: SetupRule = (setup) => {
  if (!setup.since('1.10.1')) {
    oldLoadbalance(setup);
    return;
  }
  eachLine(setup, () => {
    const [policy, ...rest] = setup.rest();
    if (policy === 'weighted') {
      if (rest.length === 0) throw setup.plain('missing weight file argument');
      if (rest.length > 1) throw setup.plain('unexpected argument(s)');
      setup.open(rest[0] ?? '');
      readOptions(setup, {
        reload: () => {
          const [time, extra] = setup.rest();
          if (time === undefined) throw setup.plain('reload duration value is missing');
          if (extra !== undefined) throw setup.plain('unexpected argument');
          if (parseDuration(time) === undefined) throw setup.plain(`invalid reload duration '${time}'`);
        },
      });
    } else if (policy === 'round_robin') {
      if (rest.length > 0) throw setup.plain(`unknown property for ${policy}`);
    } else if (policy !== undefined) throw setup.plain(`unknown policy: ${policy}`);
    // Before 1.12.4 nothing behind the first line was read.
    if (!setup.since('1.12.4')) return 'done';
    readOptions(setup, {
      prefer: () => {
        const wrong = setup.rest().find((network) => parseCidr(network) === undefined);
        if (wrong !== undefined) throw setup.plain(`invalid CIDR ${goQuote(wrong)}: invalid CIDR address: ${wrong}`);
      },
    });
    return undefined;
  });
};

/** Before 1.10.1 the first line with at most one word was all that was read. */
function oldLoadbalance(setup: Setup): void {
  while (setup.next()) {
    const args = setup.rest();
    if (args.length > 1) continue;
    if (args[0] !== undefined && args[0] !== 'round_robin') throw setup.plain(`unknown policy: ${args[0]}`);
    return;
  }
  throw setup.argumentError();
}

export const metadata: SetupRule = (setup) => {
  setup.next();
  setup.rest();
  if (setup.nextInBlock() || setup.next()) throw setup.argumentError();
};

export const nsid: SetupRule = (setup) => {
  eachLine(setup, () => setup.rest(), { once: true });
};

export const transfer: SetupRule = (setup) => {
  eachLine(setup, () => {
    setup.rest();
    let targets = 0;
    let source = false;
    readOptions(
      setup,
      {
        to: () => {
          const args = setup.rest();
          if (args.length === 0) throw setup.argumentError();
          for (const arg of args) if (arg !== '*') addressOrRefuse(setup, arg);
          targets += args.length;
        },
        source: {
          since: '1.14.5',
          read: () => {
            const [address = ''] = expectArgs(setup, 1);
            if (source) throw setup.plain('source already specified');
            source = true;
            if (!isIp(address)) throw setup.plain(`invalid source address ${goQuote(address)}`);
          },
        },
      },
      (name) => setup.plain(`unknown property ${goQuote(name)}`),
    );
    if (targets === 0) throw setup.plain("'to' is required");
  });
};
