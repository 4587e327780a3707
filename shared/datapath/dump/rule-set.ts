/**
 * Rules of a node in one form, whether iptables-save or nft printed them. Parsers never throw: what they do not know
 * becomes a condition of its own, so that no rule looks wider than it is.
 */

/** Where the kernel calls a base chain. */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

/** What a condition looks at; `other` is anything that cannot be told from an address, a port or an interface. */
export type Field =
  | 'protocol'
  | 'source'
  | 'destination'
  | 'in'
  | 'out'
  | 'sport'
  | 'dport'
  | 'state'
  | 'mark'
  | 'other';

export interface Condition {
  readonly field: Field;
  readonly negated: boolean;
  /** Any of them: addresses and blocks, names of interfaces (`cali+`), ports and ranges (`30000:32767`), `@set`. */
  readonly values: readonly string[];
}

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'queue' | 'masquerade' }
  /** The packet goes on to the next rule: a mark, a log line, no target at all. */
  | { readonly kind: 'continue'; readonly what: string }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** The destination becomes this one: `10.244.0.3:53`; empty when the dump does not show it. */
  | { readonly kind: 'dnat'; readonly to: string }
  /** nftables: a verdict by key, from a named map or from entries in the rule itself; `lots`: by a number drawn below it. */
  | {
      readonly kind: 'vmap';
      readonly map: string | undefined;
      readonly entries: readonly MapEntry[];
      readonly lots?: number;
    };

/** One element of an nftables map or set; a set has no verdict. */
export interface MapEntry {
  /** The parts of a concatenated key. */
  readonly key: readonly string[];
  readonly verdict: Verdict | undefined;
  readonly comment: string;
}

export interface Rule {
  /** 1-based line of the file it stands in. */
  readonly line: number;
  readonly conditions: readonly Condition[];
  readonly verdict: Verdict;
  /** The rule's comment; empty without one. */
  readonly comment: string;
  /** Packets counted by it, where the dump tells. */
  readonly packets: number | undefined;
}

export interface Chain {
  readonly name: string;
  readonly line: number;
  readonly rules: readonly Rule[];
  /** Of base chains only. */
  readonly hook?: Hook | undefined;
  readonly type?: string | undefined;
  readonly priority?: number | undefined;
  readonly policy?: 'accept' | 'drop' | undefined;
  /** Packets that met the policy of a built-in chain. */
  readonly packets?: number | undefined;
}

export interface Table {
  /** `ip`, `ip6`, `inet`, `bridge`, `arp`, `netdev`. */
  readonly family: string;
  readonly name: string;
  readonly chains: ReadonlyMap<string, Chain>;
  /** nftables: named sets and maps. */
  readonly sets: ReadonlyMap<string, readonly MapEntry[]>;
  /** Lines picked out of a dump: nothing names the table or declares its chains. */
  readonly excerpt?: boolean;
}

export interface RuleSet {
  readonly kind: 'rules';
  readonly tool: 'iptables' | 'nft';
  /** The kernel interface behind an iptables-save, where the dump tells. */
  readonly backend: 'legacy' | 'nft' | undefined;
  /** Time in the dump's own words, such as `Wed Apr  6 21:40:35 2022`; without a time zone. */
  readonly writtenAt: string | undefined;
  readonly tables: readonly Table[];
  /** iptables-nft-save saw tables of the legacy kind beside its own. */
  readonly legacyBeside: boolean;
  /** Lines that could not be read. */
  readonly unread: number;
  /** The table in which the dump ends too early; it is left out, because what it lacks proves nothing. */
  readonly cut: string | undefined;
}

/** A rule as short text for evidence: `-i docker0 -p tcp --dport 80 -j DROP`. */
export function formatRule(rule: Rule): string {
  const conditions = rule.conditions.map(formatCondition);
  if (conditions.length === 0) return `everything → ${formatVerdict(rule.verdict)}`;
  return [...conditions, `→ ${formatVerdict(rule.verdict)}`].join(' ');
}

const WORDS: Readonly<Record<Field, string>> = {
  protocol: 'protocol',
  source: 'from',
  destination: 'to',
  in: 'in by',
  out: 'out by',
  sport: 'from port',
  dport: 'to port',
  state: 'state',
  mark: 'mark',
  other: '',
};

function formatCondition({ field, negated, values }: Condition): string {
  return [negated ? 'not' : '', WORDS[field], values.join(',')].filter((part) => part !== '').join(' ');
}

/** The verdict in a word or two: `jump KUBE-SERVICES`, `drop`. */
export function formatVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
    case 'goto':
      return `${verdict.kind} ${verdict.chain}`;
    case 'dnat':
      return verdict.to === '' ? 'dnat' : `dnat to ${verdict.to}`;
    case 'vmap':
      return verdict.map === undefined ? 'one of several chains' : `by map ${verdict.map}`;
    case 'continue':
      return verdict.what === '' ? 'go on' : verdict.what;
    default:
      return verdict.kind;
  }
}

/** All tables of several dumps of one node, in their order. */
export function tablesOf(sets: readonly RuleSet[]): readonly Table[] {
  return sets.flatMap((set) => set.tables);
}
