import type { Chain, MapEntry, Table, Verdict } from '../dump/rule-set.ts';
import {
  type ChainEndpoint,
  type Portal,
  type ProxyRules,
  portalKey,
  type Refusal,
  type ServiceChain,
} from './proxy-rules.ts';

const SERVICE_CHAIN = /^(service|local|external|firewall)-/;

/** The rules of kube-proxy's nftables mode in the table `kube-proxy` of one family; undefined when there is none, or nothing in it. */
export function proxyFromNft(tables: readonly Table[], family: 4 | 6): ProxyRules | undefined {
  const table = tables.find((entry) => entry.name === 'kube-proxy' && entry.family === (family === 4 ? 'ip' : 'ip6'));
  // A table that somebody emptied is as good as none.
  if (table === undefined || table.chains.size === 0) return undefined;
  const portals = new Map<string, Portal>();
  const chains = new Map<string, ServiceChain>();
  for (const entry of table.sets.get('service-ips') ?? []) {
    const key = keyOf(entry);
    const chain = chainOf(entry.verdict);
    if (key === undefined || chain === undefined) continue;
    portals.set(key, { key, chain, line: table.chains.get(chain)?.line ?? 0, comment: entry.comment });
    addChain(table, chain, chains);
  }
  const nodePorts = new Map<string, Portal>();
  for (const entry of table.sets.get('service-nodeports') ?? []) {
    const chain = chainOf(entry.verdict);
    const [protocol, port] = entry.key;
    if (chain === undefined || protocol === undefined || port === undefined) continue;
    addChain(table, chain, chains);
    const key = `${protocol}/${port}`;
    nodePorts.set(key, { key, chain, line: table.chains.get(chain)?.line ?? 0, comment: entry.comment });
  }
  const refused = new Map<string, Refusal>();
  for (const entry of table.sets.get('no-endpoint-services') ?? []) {
    const key = keyOf(entry);
    if (key === undefined) continue;
    refused.set(key, {
      key,
      verdict: entry.verdict?.kind === 'drop' ? 'drop' : 'reject',
      line: 0,
      comment: entry.comment,
    });
  }
  return {
    mode: 'nftables',
    family,
    portals,
    refused,
    chains,
    nodePorts,
    asksNodePorts: asksFor(table, 'service-nodeports'),
    insiders: insidersIn(table),
    hasPortals: table.sets.has('service-ips') || table.chains.has('services'),
    hasRefusals: table.sets.has('no-endpoint-services'),
  };
}

function asksFor({ chains }: Table, map: string): boolean {
  return [...chains.values()].some((chain) =>
    chain.rules.some(({ verdict }) => verdict.kind === 'vmap' && verdict.map === map),
  );
}

/** `ip daddr 10.96.0.10 tcp dport 53 ip saddr != 10.244.0.0/16 jump mark-for-masquerade`. */
function insidersIn({ chains }: Table): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, rules } of chains.values()) {
    if (!name.startsWith('service-')) continue;
    for (const { conditions, verdict } of rules) {
      if (verdict.kind !== 'jump' || verdict.chain !== 'mark-for-masquerade') continue;
      for (const { field, negated, values } of conditions)
        if (field === 'source' && negated && values[0] !== undefined) found.add(values[0]);
    }
  }
  return found;
}

function keyOf({ key }: MapEntry): string | undefined {
  const [address, protocol, port] = key;
  return address === undefined || protocol === undefined || port === undefined
    ? undefined
    : portalKey(address, protocol, Number(port));
}

function chainOf(verdict: Verdict | undefined): string | undefined {
  return (verdict?.kind === 'goto' || verdict?.kind === 'jump') && SERVICE_CHAIN.test(verdict.chain)
    ? verdict.chain
    : undefined;
}

function addChain(table: Table, name: string, chains: Map<string, ServiceChain>): void {
  if (chains.has(name)) return;
  const chain = table.chains.get(name);
  chains.set(name, {
    name,
    line: chain?.line ?? 0,
    // The name of the chain is the name of the Service port: `service-ULMVA6XW-ns1/svc1/tcp/p80`.
    comment: name.replace(/^\w+-[A-Z2-7]{8}-/, ''),
    endpoints: chain === undefined ? [] : endpointsOf(table, chain),
    leads: targetsOf(chain).some((target) => SERVICE_CHAIN.test(target) || target.startsWith('endpoint-')),
    unclaimed: lotsOf(chain)?.rest ?? 0,
  });
  for (const target of targetsOf(chain)) if (SERVICE_CHAIN.test(target)) addChain(table, target, chains);
}

/** The lots that a chain draws: how many lead to each chain, and the part that leads nowhere. */
function lotsOf(
  chain: Chain | undefined,
): { readonly taken: ReadonlyMap<string, number>; readonly rest: number } | undefined {
  for (const { verdict } of chain?.rules ?? []) {
    if (verdict.kind !== 'vmap' || verdict.lots === undefined || !(verdict.lots > 0)) continue;
    const taken = new Map<string, number>();
    let drawn = 0;
    for (const { key, verdict: to } of verdict.entries) {
      if (!(Number(key[0]) < verdict.lots)) continue;
      drawn++;
      if (to?.kind === 'goto' || to?.kind === 'jump')
        taken.set(to.chain, (taken.get(to.chain) ?? 0) + 1 / verdict.lots);
    }
    return { taken, rest: 1 - drawn / verdict.lots };
  }
  return undefined;
}

function endpointsOf(table: Table, chain: Chain): readonly ChainEndpoint[] {
  const lots = lotsOf(chain);
  return [...new Set(targetsOf(chain))]
    .filter((name) => name.startsWith('endpoint-'))
    .map((name) => {
      const target = dnatOf(table.chains.get(name));
      const line = table.chains.get(name)?.line ?? chain.line;
      const share = lots === undefined ? undefined : (lots.taken.get(name) ?? 0);
      return { chain: name, target: target ?? '', line, lost: target === undefined, share };
    });
}

/** Every chain that a chain leads to. */
function targetsOf(chain: Chain | undefined): readonly string[] {
  return (chain?.rules ?? []).flatMap(({ verdict }): readonly string[] => {
    if (verdict.kind === 'jump' || verdict.kind === 'goto') return [verdict.chain];
    if (verdict.kind !== 'vmap') return [];
    return verdict.entries.flatMap((entry) =>
      entry.verdict?.kind === 'goto' || entry.verdict?.kind === 'jump' ? [entry.verdict.chain] : [],
    );
  });
}

function dnatOf(chain: Chain | undefined): string | undefined {
  for (const { verdict } of chain?.rules ?? []) if (verdict.kind === 'dnat') return verdict.to;
  return undefined;
}
