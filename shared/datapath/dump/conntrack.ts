import { type Lines, splitWords } from './words.ts';

/** One tracked connection: the way it was sent, and the way its answers come. */
export interface Flow {
  readonly line: number;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** Who answers, after translation. */
  readonly replySource: string;
  readonly replyPort: number;
  /** No answer was seen yet. */
  readonly unreplied: boolean;
}

/** `conntrack -L`, `/proc/net/nf_conntrack`, `conntrack -S`, `conntrack -C`, and the limits of sysctl. */
export interface ConntrackDump {
  readonly kind: 'conntrack';
  readonly flows: readonly Flow[];
  /** Entries in the table, as a program counted them. */
  readonly count: number | undefined;
  readonly max: number | undefined;
  /** Counters of `conntrack -S`, all processors together, since the node started. */
  readonly statistics: Readonly<Record<string, number>>;
}

const FLOW = /^(?:ipv[46]\s+\d+\s+)?(tcp|udp|sctp|icmp|icmpv6|dccp|udplite|gre|unknown)\s+\d+ .*\bsrc=/;

/** Whether a line is of `conntrack -L`, `conntrack -S` or the limits of the table. */
export function isConntrackLine(text: string): boolean {
  return (
    FLOW.test(text) ||
    /^cpu=\d+\s+\t?(searched|found|entries)=/.test(text) ||
    /^conntrack v[\d.]+ .*flow entries/.test(text) ||
    isLimit(text)
  );
}

function isLimit(text: string): boolean {
  return /^(net[./](netfilter|ipv4)[./](netfilter[./])?)?(nf|ip)_conntrack_(max|count)\s*[=:]\s*\d+\s*$/.test(text);
}

/** Reads flows, statistics by processor, and how full the table is. */
export function parseConntrack(lines: Lines): ConntrackDump {
  const flows: Flow[] = [];
  const statistics: Record<string, number> = {};
  let count: number | undefined;
  let max: number | undefined;
  for (const { text, line } of lines) {
    if (text.startsWith('cpu=')) {
      for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\d+)/g)) {
        if (name !== 'cpu') statistics[name] = (statistics[name] ?? 0) + Number(value);
      }
    } else if (isLimit(text)) {
      const value = Number(/(\d+)\s*$/.exec(text)?.[1]);
      if (/_max\s*[=:]/.test(text)) max = value;
      else count = value;
    } else if (text.startsWith('conntrack v')) {
      const shown = /: (\d+) flow entries/.exec(text)?.[1];
      if (shown !== undefined) count ??= Number(shown);
    } else {
      const flow = readFlow(text, line);
      if (flow !== undefined) flows.push(flow);
    }
  }
  return { kind: 'conntrack', flows, count, max, statistics };
}

function readFlow(text: string, line: number): Flow | undefined {
  const protocol = FLOW.exec(text)?.[1];
  if (protocol === undefined) return undefined;
  const pairs: Record<string, string[]> = {};
  for (const word of splitWords(text)) {
    const equals = word.indexOf('=');
    if (equals <= 0) continue;
    const name = word.slice(0, equals);
    const list = pairs[name];
    if (list === undefined) pairs[name] = [word.slice(equals + 1)];
    else list.push(word.slice(equals + 1));
  }
  return {
    line,
    protocol,
    source: pairs.src?.[0] ?? '',
    destination: pairs.dst?.[0] ?? '',
    port: Number(pairs.dport?.[0]) || 0,
    replySource: pairs.src?.[1] ?? '',
    replyPort: Number(pairs.sport?.[1]) || 0,
    unreplied: text.includes('[UNREPLIED]'),
  };
}
