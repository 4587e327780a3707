import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import {
  compareProxy,
  type DumpTime,
  dumpTime,
  type ProxyDifferences,
} from '../../../../shared/datapath/proxy/compare.ts';
import { type FoundProxy, proxiesInMode, writtenAt } from '../../../../shared/datapath/proxy/of-dumps.ts';
import { compareOuterWays, type LostWay } from '../../../../shared/datapath/proxy/outer-ways.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { podAddresses } from '../../../../shared/model/pods.ts';
import { formatAddress, inRange, parseAddress, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { podsOn } from '../../facts/node-pods.ts';
import { proxyReplacement } from '../../facts/replaced-proxy.ts';
import { rulesServicesMessages as messages } from '../../messages/rules-services.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { goneAltogether } from './rules-gone.ts';
import { losesRequests, staleEvidence, staleWords } from './stale-words.ts';
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
  const outer = compareOuterWays(index, proxy.rules, dumps.node, time);
  const { wanted, missing, strangers } = differences;
  const gone = [...differences.gone, ...outer.gone];
  const base = about(dumps);
  const args = { where: where(dumps), fix: restartProxy(index, dumps) };
  // Held against nothing, every rule is a stranger.
  const compared = index.seen('Service').status === 'ok' || index.list('Service').length > 0;
  const notes = [
    ...(compared && strangers > 0
      ? [messages.CNI818.raise({ ...base, args: { ...args, count: strangers }, evidence: [] })]
      : []),
    ...(!compared || time.sameTime ? [] : [otherTime(dumps, proxy, index)]),
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
  const stale = outOfDate(index, dumps, proxy, { ...differences, gone }, time);
  return [
    ...stale,
    ...(stale.length === 0 && missing.length === 0 ? waysLost(index, dumps, proxy, outer.lost) : []),
    ...outsiders(index, dumps, proxy),
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
  const dead = stale.some(losesRequests);
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

/** Ways from outside that a node does not serve, though the way by the ClusterIP works there. */
function waysLost(
  index: ClusterIndex,
  dumps: NodeDumps,
  proxy: FoundProxy,
  lost: readonly LostWay[],
): readonly Finding[] {
  const [first] = lost;
  if (first === undefined) return [];
  const more = lost.length === 1 ? '' : ` and ${lost.length - 1} more`;
  return [
    messages.CNI810.raise({
      ...about(dumps),
      args: {
        where: where(dumps),
        way: `${first.way} of Service ${first.expected.name}${more}`,
        problem: first.problem,
        fix: restartProxy(index, dumps),
      },
      evidence: lost.slice(0, MOST).map(({ expected, way, problem, line }) => ({
        fact: `${way} of Service ${expected.name}: ${problem}`,
        source: place(dumps, proxy.set, line),
      })),
    }),
  ];
}

/** kube-proxy hides the address of whoever it does not take for a pod; here these are the pods of the node itself. */
function outsiders(index: ClusterIndex, dumps: NodeDumps, { rules, set }: FoundProxy): readonly Finding[] {
  const ranges = [...rules.insiders].flatMap((text) => parseCidr(text) ?? []);
  const addresses = podsOn(index, dumps.node)
    .flatMap(podAddresses)
    .flatMap((text) => parseAddress(text) ?? []);
  const own = addresses.filter(({ family }) => family === rules.family);
  const [one] = own;
  if (ranges.length === 0 || one === undefined) return [];
  if (own.some((address) => ranges.some((range) => inRange(range, address)))) return [];
  const told = joinNames([...rules.insiders], 2);
  return [
    messages.CNI811.raise({
      ...about(dumps),
      args: { where: where(dumps), told, address: formatAddress(one) },
      evidence: [
        { fact: `requests from anywhere but ${told} are marked for masquerade`, source: place(dumps, set, 0) },
        {
          fact: `${plural(own.length, 'pod address', 'pod addresses')} of the node, such as ${formatAddress(one)}`,
          source: 'Pods of the node',
        },
      ],
    }),
  ];
}

function services(names: readonly string[]): string {
  return `${names.length === 1 ? 'Service' : 'Services'} ${joinNames([...new Set(names)], 3)}`;
}

function otherTime(dumps: NodeDumps, proxy: FoundProxy, index: ClusterIndex): Finding {
  return messages.CNI819.raise({
    ...about(dumps),
    args: { where: where(dumps), when: proxy.set?.writtenAt ?? '', facts: index.takenAt },
    evidence: [{ fact: proxy.set?.writtenAt ?? '', source: place(dumps, proxy.set, 1) }],
  });
}
