import type { Chain, Rule } from '../dump/rule-set.ts';

/** How the rules of a Service's chain divide its requests. */
export interface Shares {
  /** Part of the requests by the chain it goes to, 0 to 1. */
  readonly taken: ReadonlyMap<string, number>;
  /** Part that no rule takes. */
  readonly rest: number;
}

const ENDPOINT_CHAIN = /^KUBE-SEP-/;

/**
 * Follows the lots that iptables draws: each rule takes its probability of what those before it have left
 * (iptables-extensions(8), statistic). Undefined where a rule asks for something else, or nothing leads to an endpoint.
 */
export function sharesIn(chain: Chain): Shares | undefined {
  const taken = new Map<string, number>();
  let rest = 1;
  for (const rule of chain.rules) {
    const { verdict } = rule;
    if ((verdict.kind !== 'jump' && verdict.kind !== 'goto') || !ENDPOINT_CHAIN.test(verdict.chain)) continue;
    const odds = oddsOf(rule);
    if (odds === 'affinity') continue;
    if (odds === undefined) return undefined;
    taken.set(verdict.chain, (taken.get(verdict.chain) ?? 0) + rest * odds);
    rest *= 1 - odds;
  }
  return taken.size === 0 ? undefined : { taken, rest };
}

/** `--probability 0.5`; 1 without a condition; `affinity` for a client that has been there before. */
function oddsOf({ conditions }: Rule): number | 'affinity' | undefined {
  let odds = 1;
  for (const { field, negated, values } of conditions) {
    const [text = ''] = values;
    const probability = /^--probability (\d*\.?\d+)$/.exec(text)?.[1];
    if (/^--(rcheck|update|seconds|reap|rsource|name KUBE-SEP-|mask)/.test(text)) return 'affinity';
    if (field !== 'other' || negated) return undefined;
    if (probability !== undefined) odds = Number(probability);
    else if (text !== '--mode random') return undefined;
  }
  return odds;
}
