import type { Chain, Rule, Table } from '../dump/rule-set.ts';
import {
  type ChainEndpoint,
  type Portal,
  type ProxyRules,
  portalKey,
  type Refusal,
  type ServiceChain,
} from './proxy-rules.ts';
import { sharesIn } from './shares.ts';

/** Chains that kube-proxy makes for one port of a Service; XLB is what EXT and SVL were before 1.24. */
const SERVICE_CHAIN = /^KUBE-(SVC|SVL|EXT|FW|XLB)-[A-Z2-7]{16}$/;

const ENDPOINT_CHAIN = /^KUBE-SEP-[A-Z2-7]{16}$/;

/**
 * The rules of kube-proxy's iptables mode in the tables of one family, undefined when there is none of them. Tables that
 * nft prints for iptables (`table ip nat`) are read the same way.
 */
export function proxyFromIptables(tables: readonly Table[], family: 4 | 6): ProxyRules | undefined {
  const own = tables.filter((table) => table.family === (family === 4 ? 'ip' : 'ip6'));
  const nat = own.find(({ name }) => name === 'nat');
  const filter = own.find(({ name }) => name === 'filter');
  if (![nat, filter].some((table) => table !== undefined && hasProxyChains(table))) return undefined;
  if (rulesOf(nat, 'KUBE-SERVICES').some(asksSetOfIpvs)) return undefined;
  const portals = new Map<string, Portal>();
  const chains = new Map<string, ServiceChain>();
  for (const rule of rulesOf(nat, 'KUBE-SERVICES')) {
    const portal = portalOf(rule);
    if (portal === undefined) continue;
    if (!portals.has(portal.key)) portals.set(portal.key, portal);
    addChain(nat, portal.chain, chains, portal.comment);
  }
  const nodePorts = new Map<string, Portal>();
  for (const rule of rulesOf(nat, 'KUBE-NODEPORTS')) {
    if ((rule.verdict.kind !== 'jump' && rule.verdict.kind !== 'goto') || !SERVICE_CHAIN.test(rule.verdict.chain))
      continue;
    const { chain } = rule.verdict;
    addChain(nat, chain, chains, rule.comment);
    const key = portOf(rule);
    if (key !== undefined && !nodePorts.has(key))
      nodePorts.set(key, { key, chain, line: rule.line, comment: rule.comment });
  }
  return {
    mode: 'iptables',
    family,
    portals,
    refused: refusals(filter),
    chains,
    nodePorts: nat?.chains.has('KUBE-NODEPORTS') === true && nat.excerpt !== true ? nodePorts : undefined,
    asksNodePorts: rulesOf(nat, 'KUBE-SERVICES').some(
      ({ verdict }) => (verdict.kind === 'jump' || verdict.kind === 'goto') && verdict.chain === 'KUBE-NODEPORTS',
    ),
    insiders: insidersIn(nat, portals),
    hasPortals: nat !== undefined,
    hasRefusals: filter !== undefined,
  };
}

/** A chain that only kube-proxy makes; the kubelet makes KUBE-MARK-MASQ and its kind too. */
function hasProxyChains(table: Table): boolean {
  if (table.chains.has('KUBE-SERVICES') || table.chains.has('KUBE-PROXY-CANARY')) return true;
  for (const name of table.chains.keys()) if (SERVICE_CHAIN.test(name)) return true;
  return false;
}

/** In mode ipvs the chain asks sets (`-m set --match-set KUBE-CLUSTER-IP dst,dst`): Services are virtual servers. */
function asksSetOfIpvs({ conditions }: Rule): boolean {
  return conditions.some(({ values }) => values.some((value) => /^(--match-set |@)KUBE-/.test(value)));
}

function rulesOf(table: Table | undefined, chain: string): readonly Rule[] {
  return table?.chains.get(chain)?.rules ?? [];
}

function portalOf(rule: Rule): Portal | undefined {
  const { verdict } = rule;
  if ((verdict.kind !== 'jump' && verdict.kind !== 'goto') || !SERVICE_CHAIN.test(verdict.chain)) return undefined;
  const key = keyOf(rule);
  return key === undefined ? undefined : { key, chain: verdict.chain, line: rule.line, comment: rule.comment };
}

/** The virtual address a rule is about: one destination, one port. */
function keyOf(rule: Rule): string | undefined {
  let address: string | undefined;
  let protocol = 'tcp';
  let port: number | undefined;
  for (const { field, negated, values } of rule.conditions) {
    if (negated) continue;
    if (field === 'destination') address = values[0]?.replace(/\/(32|128)$/, '');
    if (field === 'protocol') protocol = values[0] ?? protocol;
    if (field === 'dport') port = Number(values[0]);
  }
  return address === undefined || address.startsWith('@') || port === undefined
    ? undefined
    : portalKey(address, protocol, port);
}

/** `tcp/30080`; undefined for a rule about anything else. */
function portOf({ conditions }: Rule): string | undefined {
  const [protocol, port] = (['protocol', 'dport'] as const).map((wanted) =>
    conditions.find(({ field, negated }) => field === wanted && !negated),
  );
  const number = port?.values[0];
  return number === undefined ? undefined : `${protocol?.values[0] ?? 'tcp'}/${number}`;
}

/** `! -s 10.244.0.0/16 -d 10.96.0.10/32 … -j KUBE-MARK-MASQ`: the senders that kube-proxy takes for pods. */
function insidersIn(nat: Table | undefined, portals: ReadonlyMap<string, Portal>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of ['KUBE-SERVICES', ...[...portals.values()].map(({ chain }) => chain)]) {
    for (const { conditions, verdict } of rulesOf(nat, name)) {
      if (verdict.kind !== 'jump' || verdict.chain !== 'KUBE-MARK-MASQ') continue;
      const source = conditions.find(({ field, negated }) => field === 'source' && negated);
      if (source?.values[0] !== undefined) found.add(source.values[0]);
    }
  }
  return found;
}

/** A Service's chain, and those it leads on to, with their endpoints. */
function addChain(nat: Table | undefined, name: string, chains: Map<string, ServiceChain>, comment: string): void {
  const chain = nat?.chains.get(name);
  // iptables-save declares every chain: one that is not there was left out by whoever picked lines.
  if (chains.has(name) || nat === undefined || chain === undefined) return;
  const shares = sharesIn(chain);
  chains.set(name, {
    name,
    line: chain.line,
    comment: comment || commentOf(chain),
    endpoints: endpointsOf(nat, chain, shares?.taken),
    unclaimed: shares?.rest ?? 0,
    leads: chain.rules.some(
      ({ verdict }) =>
        (verdict.kind === 'jump' || verdict.kind === 'goto') &&
        (SERVICE_CHAIN.test(verdict.chain) || ENDPOINT_CHAIN.test(verdict.chain)),
    ),
  });
  for (const { verdict } of chain.rules) {
    if ((verdict.kind === 'jump' || verdict.kind === 'goto') && SERVICE_CHAIN.test(verdict.chain)) {
      addChain(nat, verdict.chain, chains, comment);
    }
  }
}

function endpointsOf(
  nat: Table,
  chain: Chain,
  shares: ReadonlyMap<string, number> | undefined,
): readonly ChainEndpoint[] {
  const seen = new Set<string>();
  return chain.rules.flatMap(({ verdict, line }): readonly ChainEndpoint[] => {
    // Session affinity mentions each endpoint twice.
    if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return [];
    if (!ENDPOINT_CHAIN.test(verdict.chain) || seen.has(verdict.chain)) return [];
    seen.add(verdict.chain);
    const target = dnatOf(nat.chains.get(verdict.chain));
    const share = shares?.get(verdict.chain);
    return [{ chain: verdict.chain, target: target ?? '', line, lost: target === undefined, share }];
  });
}

/** Undefined where no rule of it translates; a target that nobody can read, or a chain left out of the dump, may. */
function dnatOf(chain: Chain | undefined): string | undefined {
  if (chain === undefined) return '';
  for (const { verdict } of chain.rules) {
    if (verdict.kind === 'dnat') return verdict.to;
    if (verdict.kind === 'queue') return '';
  }
  return undefined;
}

function commentOf(chain: Chain): string {
  return chain.rules.find((rule) => rule.comment !== '')?.comment ?? '';
}

/** `has no endpoints` rejects, `has no local endpoints` drops (filter table). */
function refusals(filter: Table | undefined): ReadonlyMap<string, Refusal> {
  const map = new Map<string, Refusal>();
  for (const name of ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES']) {
    for (const rule of rulesOf(filter, name)) {
      const { kind } = rule.verdict;
      const key = kind === 'reject' || kind === 'drop' ? keyOf(rule) : undefined;
      if (key !== undefined && !map.has(key))
        map.set(key, { key, verdict: kind as 'reject' | 'drop', line: rule.line, comment: rule.comment });
    }
  }
  return map;
}
