import type { RuleSet, Table } from '../dump/rule-set.ts';
import type { NodeDumps } from '../dump-files.ts';
import { proxyFromIptables } from './from-iptables.ts';
import { proxyFromIpvs } from './from-ipvs.ts';
import { proxyFromNft } from './from-nft.ts';
import type { ProxyRules } from './proxy-rules.ts';

/** kube-proxy's rules in one dump of a node. */
export interface FoundProxy {
  readonly rules: ProxyRules;
  /** The dump they stand in; undefined for ipvsadm. */
  readonly set: RuleSet | undefined;
  readonly tables: readonly Table[];
}

/**
 * Every set of kube-proxy rules of a family in the dumps of a node, the one in force first: that with the most portals.
 * More than one is a leftover of another mode, or of another iptables.
 */
export function proxiesOf(dumps: NodeDumps, family: 4 | 6): readonly FoundProxy[] {
  let known = found.get(dumps);
  if (known === undefined) {
    known = {};
    found.set(dumps, known);
  }
  known[family] ??= findProxies(dumps, family);
  return known[family];
}

/**
 * The same without what the mode of kube-proxy, where it is known, makes meaningless: in mode ipvs and nftables chains
 * of kube-proxy's names stay in iptables that lead to no Service.
 */
export function proxiesInMode(dumps: NodeDumps, family: 4 | 6, mode: string | undefined): readonly FoundProxy[] {
  const elsewhere = mode === 'ipvs' || mode === 'nftables';
  return proxiesOf(dumps, family).filter(
    ({ rules }) => rules.portals.size > 0 || rules.mode !== 'iptables' || !elsewhere,
  );
}

/** Several checks ask for them, and large dumps take a while. */
const found = new WeakMap<NodeDumps, { 4?: readonly FoundProxy[]; 6?: readonly FoundProxy[] }>();

function findProxies(dumps: NodeDumps, family: 4 | 6): readonly FoundProxy[] {
  const found: FoundProxy[] = [];
  const add = (rules: ProxyRules | undefined, set: RuleSet | undefined): void => {
    if (rules !== undefined) found.push({ rules, set, tables: set?.tables ?? [] });
  };
  for (const set of dumps.rules) {
    if (set.tool === 'nft') add(proxyFromNft(set.tables, family), set);
    // An iptables-save of the same node tells the same better than nft's view of it.
    if (
      set.tool === 'iptables' ||
      !dumps.rules.some((other) => other.tool === 'iptables' && other.backend !== 'legacy')
    ) {
      add(proxyFromIptables(set.tables, family), set);
    }
  }
  for (const dump of dumps.ipvs) add(proxyFromIpvs(dump, family), undefined);
  return found.sort((a, b) => size(b.rules) - size(a.rules));
}

function size({ portals, refused }: ProxyRules): number {
  return portals.size * 1000 + refused.size;
}

/** Milliseconds of a dump's own clock, read as UTC; undefined for dumps without one. */
export function writtenAt(set: RuleSet | undefined): number | undefined {
  const time = Date.parse(`${set?.writtenAt ?? ''} UTC`);
  return Number.isNaN(time) ? undefined : time;
}
