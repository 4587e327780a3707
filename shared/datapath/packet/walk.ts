import type { Chain, Hook, Rule, Table } from '../dump/rule-set.ts';
import { matchRule, type Packet } from './match.ts';

/** What becomes of a packet at a hook. */
export type Fate =
  | { readonly fate: 'passes' }
  /** Nothing the dump leaves open could save it. */
  | { readonly fate: 'dropped'; readonly by: Dropper }
  | { readonly fate: 'unknown' };

/** The rule or the policy that ends a packet. */
export interface Dropper {
  readonly table: Table;
  readonly chain: Chain;
  /** Absent for the policy of a base chain. */
  readonly rule: Rule | undefined;
}

/** Base chains at a hook for a family, in the order of the kernel. */
export function baseChains(
  tables: readonly Table[],
  hook: Hook,
  family: 4 | 6,
): readonly { table: Table; chain: Chain }[] {
  const own = tables.filter((table) => table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6'));
  return own
    .flatMap((table) =>
      [...table.chains.values()]
        .filter((chain) => chain.hook === hook && chain.type !== 'nat')
        .map((chain) => ({ table, chain })),
    )
    .sort((a, b) => (a.chain.priority ?? 0) - (b.chain.priority ?? 0));
}

/**
 * Follows a packet through every base chain of a hook. Each of them must let it pass: accepting in one does not spare it
 * the next (nft(8)). A drop counts only when no rule before it might have decided otherwise.
 */
export function walk(tables: readonly Table[], hook: Hook, family: 4 | 6, packet: Packet): Fate {
  const marked = mayBeMarked(tables, family);
  let unknown = false;
  for (const { table, chain } of baseChains(tables, hook, family)) {
    const walker = new Walker(table, packet, marked);
    const end = walker.chain(chain, 0);
    if (end === 'dropped' && walker.dropper !== undefined) {
      if (!walker.open) return { fate: 'dropped', by: walker.dropper };
      unknown = true;
    } else if (end === 'through' && chain.policy === 'drop') {
      if (!walker.open) return { fate: 'dropped', by: { table, chain, rule: undefined } };
      unknown = true;
    } else if (walker.open) {
      unknown = true;
    }
  }
  return unknown ? { fate: 'unknown' } : { fate: 'passes' };
}

/** Rules before routing set marks (Calico, proxies): a mark then says nothing here. */
function mayBeMarked(tables: readonly Table[], family: 4 | 6): boolean {
  return tables.some(
    (table) =>
      (table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6')) &&
      (table.name === 'raw' || table.name === 'mangle' || !['nat', 'filter', 'kube-proxy'].includes(table.name)) &&
      [...table.chains.values()].some((chain) => chain.rules.some(setsMark)),
  );
}

function setsMark({ verdict }: Rule): boolean {
  return verdict.kind === 'continue' && /MARK|mark set/.test(verdict.what);
}

type End = 'accepted' | 'dropped' | 'through' | 'returned';

/** Chains below chains; the kernel allows 16 jumps for nft and loops for nobody. */
const MAX_DEPTH = 40;

class Walker {
  readonly table: Table;
  readonly packet: Packet;
  /** A rule that may have decided otherwise was passed. */
  open = false;
  dropper: Dropper | undefined;
  private marked: boolean;

  constructor(table: Table, packet: Packet, marked: boolean) {
    this.table = table;
    this.packet = packet;
    this.marked = marked;
  }

  chain(chain: Chain, depth: number): End {
    for (const rule of chain.rules) {
      const match = matchRule(rule, this.packet, this.table, this.marked);
      if (match === 'no') continue;
      if (match === 'maybe') {
        this.passOpen(rule, depth);
        continue;
      }
      const end = this.apply(rule, chain, depth);
      if (end !== 'through') return end === 'returned' ? 'through' : end;
    }
    return 'through';
  }

  private apply(rule: Rule, chain: Chain, depth: number): End {
    const { verdict } = rule;
    switch (verdict.kind) {
      case 'accept':
      case 'dnat':
      case 'masquerade':
        return 'accepted';
      case 'drop':
      case 'reject':
        this.dropper = { table: this.table, chain, rule };
        return 'dropped';
      case 'return':
        return 'returned';
      case 'jump':
      case 'goto': {
        const next = this.table.chains.get(verdict.chain);
        if (next === undefined || depth >= MAX_DEPTH) {
          this.open = true;
          return 'through';
        }
        const end = this.chain(next, depth + 1);
        return end === 'through' && verdict.kind === 'goto' ? 'returned' : end;
      }
      case 'continue':
        if (setsMark(rule)) this.marked = true;
        return 'through';
      default:
        this.open = true;
        return 'through';
    }
  }

  /** A rule that may match: whatever could end the packet's way well leaves its fate open. */
  private passOpen(rule: Rule, depth: number): void {
    if (setsMark(rule)) this.marked = true;
    if (mayAccept(rule, this.table, depth)) this.open = true;
  }
}

function mayAccept({ verdict }: Rule, table: Table, depth: number): boolean {
  switch (verdict.kind) {
    case 'continue':
    case 'drop':
    case 'reject':
      return false;
    case 'jump': {
      const next = table.chains.get(verdict.chain);
      if (next === undefined || depth >= MAX_DEPTH) return true;
      return next.rules.some((rule) => rule.verdict.kind !== 'return' && mayAccept(rule, table, depth + 1));
    }
    default:
      return true;
  }
}
