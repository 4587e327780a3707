import type { Chain, Hook, Rule, Table } from '../dump/rule-set.ts';
import { matchRule, type Packet } from './match.ts';
import { baseChains, type Dropper, walk } from './walk.ts';

/** A packet that ought to pass a node, with words for it. */
export interface Witness {
  readonly hook: Hook;
  readonly packet: Packet;
  /** `packets from pod shop/a (10.244.0.5) to pod shop/web (10.244.1.7:8080/TCP)`. */
  readonly what: string;
}

/** A rule of somebody else in the way of pods, with a packet that it certainly ends. */
export interface Obstacle {
  readonly by: Dropper;
  readonly witness: Witness;
}

/** Chains of Kubernetes and of network plugins: what they drop they drop on purpose. */
const OWN_CHAIN =
  /^(KUBE-|cali|CILIUM_|OLD_CILIUM|WEAVE|FLANNEL|CNI-|CNI_|ANTREA|OVN|AWS-|ISTIO|IP-MASQ|AZURE|AZ-|NODE-LOCAL|kube-|KUBEVIRT|SUBMARINER|TRAFFIC-)/i;
const OWN_TABLE =
  /^(kube-|calico|cilium|kindnet|antrea|ovn|flannel|hostport|cni|azure|istio|openshift|submariner|kube_|metallb)/i;
const OWN_COMMENT = /^(cali:|cilium|flannel|kubernetes |kube-|weave|antrea|NodeLocal|!fw3:none$)/i;

/** Rules beyond these many are not tried: a firewall with thousands of them answers by sets. */
const MOST_RULES = 200;
/** Packets tried for one rule. */
const MOST_TRIES = 25;

/** Rules and policies that certainly end one of the packets, each once, in the order of the dump. */
export function findObstacles(
  tables: readonly Table[],
  family: 4 | 6,
  witnesses: () => readonly Witness[],
): readonly Obstacle[] {
  const hooks = (['prerouting', 'input', 'forward', 'output'] as const).filter((hook) => mayEnd(tables, hook, family));
  // Packets are thought of only where something could end them.
  const all = hooks.length === 0 ? [] : witnesses();
  const found: Obstacle[] = [];
  for (const hook of hooks) {
    const own = all.filter((witness) => witness.hook === hook);
    for (const { table, chain } of baseChains(tables, hook, family)) {
      for (const rule of foreignDrops(table, chain)) {
        const tried = own.filter(({ packet }) => matchRule(rule, packet, table, true) !== 'no').slice(0, MOST_TRIES);
        const obstacle = firstEnded(tables, family, tried, (by) => by.rule === rule);
        if (obstacle !== undefined && !found.some(({ by }) => by.rule === rule)) found.push(obstacle);
      }
      if (chain.policy === 'drop') {
        const obstacle = firstEnded(
          tables,
          family,
          own.slice(0, MOST_TRIES),
          (by) => by.rule === undefined && by.chain === chain,
        );
        if (obstacle !== undefined) found.push(obstacle);
      }
    }
  }
  return found;
}

/** Whether anything of others at a hook drops packets at all. */
function mayEnd(tables: readonly Table[], hook: Hook, family: 4 | 6): boolean {
  return baseChains(tables, hook, family).some(
    ({ table, chain }) => chain.policy === 'drop' || foreignDrops(table, chain).length > 0,
  );
}

function firstEnded(
  tables: readonly Table[],
  family: 4 | 6,
  witnesses: readonly Witness[],
  isIt: (by: Dropper) => boolean,
): Obstacle | undefined {
  for (const witness of witnesses) {
    const fate = walk(tables, witness.hook, family, witness.packet);
    if (fate.fate === 'dropped' && isIt(fate.by)) return { by: fate.by, witness };
  }
  return undefined;
}

/** Drops of others in a base chain and all chains below it. */
function foreignDrops(table: Table, base: Chain): readonly Rule[] {
  if (OWN_TABLE.test(table.name)) return [];
  const rules: Rule[] = [];
  const seen = new Set<string>();
  const visit = (chain: Chain): void => {
    if (seen.has(chain.name) || OWN_CHAIN.test(chain.name)) return;
    seen.add(chain.name);
    for (const rule of chain.rules) {
      const { verdict } = rule;
      if (verdict.kind === 'drop' || verdict.kind === 'reject') {
        if (!OWN_COMMENT.test(rule.comment) && rules.length < MOST_RULES) rules.push(rule);
      } else if (verdict.kind === 'jump' || verdict.kind === 'goto') {
        const next = table.chains.get(verdict.chain);
        if (next !== undefined) visit(next);
      }
    }
  };
  visit(base);
  return rules;
}
