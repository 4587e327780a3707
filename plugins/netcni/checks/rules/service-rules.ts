import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import {
  compareProxy,
  type DumpTime,
  dumpTime,
  type ProxyDifferences,
  type StalePort,
} from '../../../../shared/datapath/proxy/compare.ts';
import { expectedPorts } from '../../../../shared/datapath/proxy/expected.ts';
import { type FoundProxy, proxiesInMode, writtenAt } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { about, place, restartProxy, where } from './words.ts';

/** Lines of evidence for one finding. */
const MOST = 6;

/** kube-proxy's rules of a node against Services and EndpointSlices. */
export const serviceRules = defineCheck<NodeDumps>({
  id: 'netcni/service-rules',
  group: 'service rules',
  needs: [],
  uses: [...AGENT_USES, 'Service', 'EndpointSlice'],
  applies: ({ rules, ipvs }, { index }) =>
    (rules.length > 0 || ipvs.length > 0) && proxyReplacement(index) === undefined,
  run: (dumps, { index, now }) =>
    ([4, 6] as const).flatMap((family) => {
      const [proxy] = proxiesInMode(dumps, family, kubeProxySetup(index).mode?.value);
      return proxy === undefined ? goneAltogether(index, dumps, family, now) : judge(index, dumps, proxy, now);
    }),
});

function judge(index: ClusterIndex, dumps: NodeDumps, proxy: FoundProxy, now: number): readonly Finding[] {
  const written = writtenAt(proxy.set);
  const time = dumpTime(now, written);
  const differences = compareProxy(index, proxy.rules, dumps.node, time);
  const { wanted, missing, gone, strangers } = differences;
  const base = about(dumps);
  const args = { where: where(dumps), fix: restartProxy(index, dumps) };
  const notes = [
    ...(strangers > 0 ? [messages.CNI818.raise({ ...base, args: { ...args, count: strangers }, evidence: [] })] : []),
    ...(time.sameTime ? [] : [otherTime(dumps, proxy, index)]),
  ];
  if (differences.anotherCluster) {
    return [messages.CNI817.raise({ ...base, args: { ...args, count: strangers }, evidence: [] })];
  }
  if (wanted > 0 && missing.length === wanted) {
    return [
      messages.CNI802.raise({
        ...base,
        args: { ...args, wanted, mode: `${proxy.rules.mode} mode, IPv${proxy.rules.family}` },
        evidence: [
          {
            fact: `${plural(proxy.rules.portals.size, 'rule')} that lead to a ClusterIP`,
            source: `${place(dumps, proxy.set, 0)} ${proxy.rules.mode === 'nftables' ? 'map service-ips' : proxy.rules.mode === 'ipvs' ? 'virtual servers' : 'chain KUBE-SERVICES'}`,
          },
        ],
      }),
      ...notes,
    ];
  }
  const stale = outOfDate(index, dumps, proxy, differences, time);
  return [
    ...stale,
    ...(missing.length > 0 && stale.length === 0
      ? [
          messages.CNI803.raise({
            ...base,
            args: { ...args, services: services(missing.map(({ name }) => name)), count: missing.length },
            impact: missing.length / Math.max(1, wanted),
            evidence: missing.slice(0, MOST).map(({ name, address, key, known }) => ({
              fact: `no rule for ${address} port ${key.split('/')[2] ?? ''}; ${[...known.values()].filter(({ ready }) => ready).length} ready endpoints`,
              source: `Service ${name} against ${place(dumps, proxy.set, 0)}`,
            })),
          }),
        ]
      : []),
    ...(gone.length > 0 && stale.length === 0
      ? [
          messages.CNI805.raise({
            ...base,
            args: {
              ...args,
              count: gone.length,
              examples: joinNames(gone.map(({ comment, key }) => comment.replace(/ cluster IP$/, '') || key)),
            },
            evidence: gone.slice(0, MOST).map(({ key, chain, line }) => ({
              fact: `${key} leads to ${chain}`,
              source: place(dumps, proxy.set, line),
            })),
          }),
        ]
      : []),
    ...notes,
  ];
}

/** One finding for all that lags: it has one cause, a kube-proxy that does not follow. */
function outOfDate(
  index: ClusterIndex,
  dumps: NodeDumps,
  proxy: FoundProxy,
  { stale, refused, missing, gone, wanted }: ProxyDifferences,
  time: DumpTime,
): readonly Finding[] {
  if (stale.length === 0 && refused.length === 0) return [];
  const base = about(dumps);
  const args = { where: where(dumps), fix: restartProxy(index, dumps) };
  const late: readonly Evidence[] = [
    ...refused.map(({ expected, refusal }) => ({
      fact: `${expected.name} is refused: ${refusal.comment || 'no endpoints'}`,
      source: place(dumps, proxy.set, refusal.line),
    })),
    ...missing.map(({ name, address }) => ({ fact: `${name} (${address}) has no rule`, source: `Service ${name}` })),
    ...gone.map(({ key, comment, line }) => ({
      fact: `${comment.replace(/ cluster IP$/, '') || key} does not exist any more`,
      source: place(dumps, proxy.set, line),
    })),
  ];
  if (stale.length === 0) {
    return [
      messages.CNI806.raise({
        ...base,
        args: { ...args, services: services(refused.map(({ expected }) => expected.name)) },
        impact: refused.length / Math.max(1, wanted),
        evidence: late.slice(0, MOST),
      }),
    ];
  }
  const [first] = stale;
  const dead = stale.some(({ extra }) => extra.length > 0);
  return [
    messages.CNI804.raise({
      ...base,
      args: { ...args, what: staleWords(first, stale.length) },
      severity: dead ? 'critical' : 'warning',
      confidence: time.sameTime ? 'proven' : 'likely',
      impact: stale.length / Math.max(1, wanted),
      evidence: [...stale.flatMap((port) => staleEvidence(index, dumps, proxy, port)), ...late].slice(0, MOST),
    }),
  ];
}

function staleWords(first: StalePort | undefined, count: number): string {
  if (first === undefined) return '';
  const { expected, extra, absent } = first;
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  if (extra.length > 0) {
    return `Service ${expected.name}${more} leads to ${joinNames(extra, 2)}, which ${extra.length === 1 ? 'is no endpoint' : 'are no endpoints'} any more`;
  }
  return `Service ${expected.name}${more} does not know the ready ${absent.length === 1 ? 'endpoint' : 'endpoints'} ${joinNames(
    absent.map(({ target }) => target),
    2,
  )}`;
}

function staleEvidence(
  index: ClusterIndex,
  dumps: NodeDumps,
  proxy: FoundProxy,
  { expected, chain, extra, absent }: StalePort,
): readonly Evidence[] {
  return [
    ...extra.map((target) => ({
      fact: `${chain.name} → ${target}: ${holderOf(index, target)}`,
      source: place(dumps, proxy.set, chain.endpoints.find((entry) => entry.target === target)?.line ?? chain.line),
    })),
    ...absent.map(({ target, pod }) => ({
      fact: `${target} ${pod === undefined ? '' : `of pod ${pod} `}is ready and not in ${chain.name}`,
      source: `EndpointSlices of Service ${expected.name}`,
    })),
  ];
}

/** Who has an address by now. */
function holderOf(index: ClusterIndex, target: string): string {
  const address = target.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const holders = index.memo('netcni/pods-by-address', () => {
    const map = new Map<string, string>();
    for (const pod of index.list('Pod')) for (const entry of podAddresses(pod)) map.set(entry, podKey(pod));
    return map;
  });
  const holder = holders.get(address);
  if (holder !== undefined) return `no endpoint of it; pod ${holder} has that address`;
  return isWhollyRead(index, 'Pod') ? 'no pod has that address' : 'no endpoint of it any more';
}

function services(names: readonly string[]): string {
  return `${names.length === 1 ? 'Service' : 'Services'} ${joinNames([...new Set(names)], 3)}`;
}

/** A dump that ought to hold kube-proxy's rules of a family and holds none at all. */
function goneAltogether(index: ClusterIndex, dumps: NodeDumps, family: 4 | 6, now: number): readonly Finding[] {
  const mode = kubeProxySetup(index).mode?.value;
  const name = family === 4 ? 'ip' : 'ip6';
  if (mode === 'ipvs') return noVirtualServers(index, dumps, family, now);
  const set = dumps.rules.find(({ tool, tables }) =>
    mode === 'iptables'
      ? tool === 'iptables' &&
        tables.some((table) => table.family === name && table.name === 'nat' && table.chains.size > 0)
      : mode === 'nftables' &&
        tool === 'nft' &&
        tables.some((table) => table.family === name || table.family === 'inet'),
  );
  if (set === undefined || mode === undefined || !runsHere(index, dumps)) return [];
  const time = dumpTime(now, writtenAt(set));
  const wanted = portsToExpect(index, family, time);
  if (wanted === 0) return [];
  // The kubelet writes to the iptables that kube-proxy uses: with its mark the dump is of the right one.
  const marked = set.tables.some((table) =>
    [...table.chains.keys()].some((chain) => /^KUBE-(KUBELET-CANARY|IPTABLES-HINT)$/.test(chain)),
  );
  if (mode === 'iptables' && !marked && set.backend === 'legacy') return [];
  return [
    messages.CNI802.raise({
      ...about(dumps),
      args: { where: where(dumps), wanted, mode: `${mode} mode, IPv${family}`, fix: restartProxy(index, dumps) },
      confidence: 'likely',
      evidence: [
        {
          fact: mode === 'nftables' ? `no table ${name} kube-proxy` : `no chain of kube-proxy in table nat`,
          source: place(dumps, set, 0),
        },
      ],
    }),
  ];
}

/** Ports of Services that any node has had time to make rules for. */
function portsToExpect(index: ClusterIndex, family: 4 | 6, time: DumpTime): number {
  return expectedPorts(index, family).filter(
    ({ known, sure, local }) =>
      sure && !local && [...known.values()].some(({ ready, since }) => ready && since <= time.settledBefore),
  ).length;
}

/** `ipvsadm -Ln` of a node whose kube-proxy works with virtual servers, and there is none. */
function noVirtualServers(index: ClusterIndex, dumps: NodeDumps, family: 4 | 6, now: number): readonly Finding[] {
  const [dump] = dumps.ipvs;
  const wanted = portsToExpect(index, family, dumpTime(now, undefined));
  if (dump === undefined || dump.named > 0 || wanted === 0 || !runsHere(index, dumps)) return [];
  return [
    messages.CNI802.raise({
      ...about(dumps),
      args: { where: where(dumps), wanted, mode: `ipvs mode, IPv${family}`, fix: restartProxy(index, dumps) },
      confidence: 'likely',
      evidence: [{ fact: `no virtual server of IPv${family}`, source: place(dumps, dump, 0) }],
    }),
  ];
}

/** kube-proxy ought to run on this node: one of its pods does, or it is part of another process. */
function runsHere(index: ClusterIndex, { node }: NodeDumps): boolean {
  const { elsewhere, sets } = kubeProxySetup(index);
  if (elsewhere !== undefined) return true;
  return sets.length > 0 && node !== undefined;
}

function otherTime(dumps: NodeDumps, proxy: FoundProxy, index: ClusterIndex): Finding {
  return messages.CNI819.raise({
    ...about(dumps),
    args: { where: where(dumps), when: proxy.set?.writtenAt ?? '', facts: index.takenAt },
    evidence: [{ fact: proxy.set?.writtenAt ?? '', source: place(dumps, proxy.set, 1) }],
  });
}
