import { after, type Lines, splitWords } from './words.ts';

/** A rule that chooses the table in which a route is looked for (ip-rule(8)). */
export interface RoutingRule {
  readonly line: number;
  /** Rules are asked from the smallest on. */
  readonly priority: number;
  /** `from 10.244.0.0/16 lookup 100`, as it is printed. */
  readonly text: string;
  readonly not: boolean;
  /** An address or a block; undefined for `all`. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The interface that a packet comes in by. */
  readonly in: string | undefined;
  /** It asks for a mark, which packets bear only where somebody set it. */
  readonly asksMark: boolean;
  /** It asks for something else: a user, a port, an interface out. */
  readonly asksMore: boolean;
  /** What it does: looks into a table, or ends the packet. */
  readonly action: 'lookup' | 'blackhole' | 'unreachable' | 'prohibit' | 'other';
  readonly table: string | undefined;
  /** Routes with a prefix of this length or a shorter one do not count (`suppress_prefixlength`). */
  readonly suppress: number | undefined;
}

/** `ip rule`, IPv4 or IPv6. */
export interface RoutingRuleDump {
  readonly kind: 'routingRules';
  readonly rules: readonly RoutingRule[];
}

const LINE = /^(\d+):\s+((?:not )?from \S.*)$/;
const MORE = ['oif', 'tos', 'dsfield', 'uidrange', 'ipproto', 'sport', 'dport', 'tun_id', 'l3mdev'];

/** `32766:	from all lookup main`. */
export function isRoutingRuleLine(text: string): boolean {
  return LINE.test(text);
}

/**
 * Reads rules in the order in which the kernel asks them. Two lists in one file are those of both families: a rule for
 * all addresses then counts only when both have it, since nothing tells which is which.
 */
export function parseRoutingRules(lines: Lines): RoutingRuleDump {
  const lists: RoutingRule[][] = [];
  for (const { text, line } of lines) {
    const [, priority = '', rest = ''] = LINE.exec(text) ?? [];
    if (rest === '') continue;
    const rule = readRule(Number(priority), rest.trim(), line);
    const last = lists.at(-1);
    if (last === undefined || rule.priority < (last.at(-1)?.priority ?? 0)) lists.push([rule]);
    else last.push(rule);
  }
  const texts = lists.map((list) => new Set(list.map(({ text }) => text)));
  const rules = lists
    .flat()
    .filter(({ from, to, text }) => from !== undefined || to !== undefined || texts.every((own) => own.has(text)));
  return { kind: 'routingRules', rules: rules.sort((a, b) => a.priority - b.priority) };
}

function readRule(priority: number, text: string, line: number): RoutingRule {
  const words = splitWords(text.replaceAll('\t', ' '));
  const table = after(words, 'lookup') ?? after(words, 'table');
  const end = words.find((word) => word === 'blackhole' || word === 'unreachable' || word === 'prohibit');
  const suppress = after(words, 'suppress_prefixlength');
  return {
    line,
    priority,
    text: words.join(' '),
    not: words[0] === 'not',
    from: blockOf(after(words, 'from')),
    to: blockOf(after(words, 'to')),
    in: after(words, 'iif'),
    asksMark: words.includes('fwmark'),
    asksMore: words.some((word) => MORE.includes(word) || word === '[l3mdev-table]'),
    action: end ?? (table === undefined ? 'other' : 'lookup'),
    table,
    suppress: suppress === undefined ? undefined : Number(suppress),
  };
}

function blockOf(text: string | undefined): string | undefined {
  return text === undefined || text === 'all' ? undefined : text;
}
