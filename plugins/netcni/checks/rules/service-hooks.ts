import { formatRule, type Rule, type RuleSet, type Table } from '../../../../shared/datapath/dump/rule-set.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { matchRule, type Packet } from '../../../../shared/datapath/packet/match.ts';
import { expectedPorts } from '../../../../shared/datapath/proxy/expected.ts';
import { type FoundProxy, proxiesOf } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podAddresses } from '../../../../shared/model/pods.ts';
import { hasProxyRules } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, restartProxy, where } from './words.ts';

/** Whether packets come to kube-proxy's chains at all, and whether their answers find back. */
export const serviceHooks = defineCheck<NodeDumps>({
  id: 'netcni/service-hooks',
  group: 'service rules',
  needs: [],
  uses: [...AGENT_USES, 'Service', 'EndpointSlice'],
  applies: hasProxyRules,
  run: (dumps, { index }) =>
    ([4, 6] as const).flatMap((family) => {
      const [proxy] = proxiesOf(dumps, family);
      if (proxy?.set === undefined || proxy.rules.mode === 'ipvs') return [];
      return proxy.rules.mode === 'iptables'
        ? iptablesHooks(index, dumps, proxy, proxy.set, family)
        : nftHooks(index, dumps, proxy.set, family);
    }),
});

function iptablesHooks(
  index: ClusterIndex,
  dumps: NodeDumps,
  proxy: FoundProxy,
  set: RuleSet,
  family: 4 | 6,
): readonly Finding[] {
  const nat = natOf(set, family);
  // Rules of a kube-proxy that found nothing to do (no Service of this family) need no hook.
  if (nat === undefined || !nat.chains.has('KUBE-SERVICES') || proxy.rules.portals.size === 0) return [];
  const problems = (['PREROUTING', 'OUTPUT'] as const).flatMap((name) => unreached(index, nat, name, family));
  const base = about(dumps);
  const args = { where: where(dumps), fix: restartProxy(index, dumps) };
  const unhooked: readonly Finding[] =
    problems.length === 0
      ? []
      : [
          messages.CNI801.raise({
            ...base,
            args: { ...args, what: problems[0]?.what ?? '' },
            severity: problems.some(({ chain }) => chain === 'PREROUTING') ? 'critical' : 'warning',
            evidence: problems.map(({ what, line, chain }) => ({
              fact: what,
              source: `${place(dumps, set, line)} table nat chain ${chain}`,
            })),
          }),
        ];
  return [...unhooked, ...masquerade(index, dumps, set, nat)];
}

function natOf(set: RuleSet, family: 4 | 6): Table | undefined {
  return set.tables.find((table) => table.name === 'nat' && table.family === (family === 4 ? 'ip' : 'ip6'));
}

interface Unreached {
  readonly chain: string;
  readonly what: string;
  readonly line: number;
}

/** No jump to KUBE-SERVICES, or a rule before it that takes every packet to a ClusterIP. */
function unreached(index: ClusterIndex, nat: Table, name: string, family: 4 | 6): readonly Unreached[] {
  const chain = nat.chains.get(name);
  if (chain === undefined) return [];
  const at = chain.rules.findIndex(
    ({ verdict }) => (verdict.kind === 'jump' || verdict.kind === 'goto') && verdict.chain === 'KUBE-SERVICES',
  );
  if (at < 0) return [{ chain: name, what: `chain ${name} has no jump to KUBE-SERVICES`, line: chain.line }];
  const packet = packetToService(index, family);
  const before = packet === undefined ? undefined : chain.rules.slice(0, at).find((rule) => ends(rule, packet, nat));
  return before === undefined
    ? []
    : [
        {
          chain: name,
          what: `a rule before the jump to KUBE-SERVICES ends packets to ${packet?.destination ?? 'Services'}: ${formatRule(before)}`,
          line: before.line,
        },
      ];
}

function ends(rule: Rule, packet: Packet, nat: Table): boolean {
  const { kind } = rule.verdict;
  if (kind !== 'accept' && kind !== 'drop' && kind !== 'return' && kind !== 'dnat') return false;
  return matchRule(rule, packet, nat, true) === 'yes';
}

function packetToService(index: ClusterIndex, family: 4 | 6): Packet | undefined {
  const expected = expectedPorts(index, family).find(({ known }) => known.size > 0);
  const source = index
    .list('Pod')
    .filter((pod) => pod.spec?.hostNetwork !== true)
    .flatMap(podAddresses)
    .find((address) => address.includes(':') === (family === 6));
  if (expected === undefined || source === undefined) return undefined;
  const [, protocol = 'tcp', port = '0'] = expected.key.split('/');
  return {
    protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
    source,
    destination: expected.address,
    port: Number(port),
  };
}

function masquerade(index: ClusterIndex, dumps: NodeDumps, set: RuleSet, nat: Table): readonly Finding[] {
  const out = nat.chains.get('POSTROUTING');
  const own = nat.chains.get('KUBE-POSTROUTING');
  const mark = nat.chains.get('KUBE-MARK-MASQ');
  let what: string | undefined;
  if (
    out !== undefined &&
    !out.rules.some(({ verdict }) => verdict.kind === 'jump' && verdict.chain === 'KUBE-POSTROUTING')
  )
    what = 'chain POSTROUTING has no jump to KUBE-POSTROUTING';
  else if (
    own !== undefined &&
    !own.rules.some(({ verdict }) => verdict.kind === 'masquerade' || verdict.kind === 'queue')
  )
    what = 'chain KUBE-POSTROUTING masquerades nothing';
  else if (
    mark !== undefined &&
    !mark.rules.some(({ verdict }) => verdict.kind === 'queue' || (verdict.kind === 'continue' && verdict.what !== ''))
  )
    what = 'chain KUBE-MARK-MASQ marks nothing';
  if (what === undefined) return [];
  return [
    messages.CNI807.raise({
      ...about(dumps),
      args: { where: where(dumps), what, fix: restartProxy(index, dumps) },
      evidence: [{ fact: what, source: `${place(dumps, set, (own ?? out)?.line ?? 0)} table nat` }],
    }),
  ];
}

/** The nftables mode: base chains at both hooks, and in the chain `services` the rule that asks the map. */
function nftHooks(index: ClusterIndex, dumps: NodeDumps, set: RuleSet, family: 4 | 6): readonly Finding[] {
  const table = set.tables.find(
    ({ name, family: own }) => name === 'kube-proxy' && own === (family === 4 ? 'ip' : 'ip6'),
  );
  if (table === undefined || (table.sets.get('service-ips')?.length ?? 0) === 0) return [];
  const base = about(dumps);
  const args = { where: where(dumps), fix: restartProxy(index, dumps) };
  const problems = nftProblems(table);
  const findings: Finding[] = [];
  if (problems.length > 0) {
    findings.push(
      messages.CNI801.raise({
        ...base,
        args: { ...args, what: problems[0] ?? '' },
        evidence: problems.map((fact) => ({
          fact,
          source: `${place(dumps, set, 0)} table ${table.family} kube-proxy`,
        })),
      }),
    );
  }
  const masks = [...table.chains.values()].some((chain) =>
    chain.rules.some(({ verdict }) => verdict.kind === 'masquerade'),
  );
  if (!masks) {
    const what = 'table kube-proxy masquerades nothing';
    findings.push(
      messages.CNI807.raise({
        ...base,
        args: { ...args, what },
        evidence: [{ fact: what, source: place(dumps, set, 0) }],
      }),
    );
  }
  return findings;
}

function nftProblems(table: Table): readonly string[] {
  const services = table.chains.get('services');
  if (
    services !== undefined &&
    !services.rules.some(({ verdict }) => verdict.kind === 'vmap' && verdict.map === 'service-ips')
  ) {
    return ['chain services does not ask the map service-ips'];
  }
  return (['prerouting', 'output'] as const).flatMap((hook) => {
    const hooked = [...table.chains.values()].some(
      (chain) =>
        chain.hook === hook &&
        chain.type === 'nat' &&
        chain.rules.some(
          ({ verdict }) => (verdict.kind === 'jump' || verdict.kind === 'goto') && verdict.chain === 'services',
        ),
    );
    return hooked ? [] : [`no chain at the hook ${hook} leads to chain services`];
  });
}
