import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Told } from '../../../../shared/datapath/cni/setup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { coversRange, parseCidr } from '../../../../shared/util/addresses.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgents, restartOf } from '../restart-agent.ts';
import { nodeWords } from '../words.ts';

/** Whether nodes hand out addresses from their podCIDR; without a known plugin, when most of them have one. */
export function usesPodRanges(index: ClusterIndex): boolean {
  const { primary } = detectNetwork(index);
  if (primary?.ipam !== undefined) return primary.ipam.value === 'podCIDR';
  const nodes = nodeFacts(index).filter(({ takesAgents }) => takesAgents);
  return primary === undefined && nodes.filter(({ ranges }) => ranges.length > 0).length * 2 > nodes.length;
}

/** Nodes without a range, and why. */
export const podRangeMissing = defineCheck<ClusterSubject>({
  id: 'netcni/node-without-pod-range',
  group: 'ranges',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index }) => {
    if (!usesPodRanges(index)) return [];
    const bare = nodeFacts(index).filter(
      ({ ranges, takesAgents, fresh }) => takesAgents && !fresh && ranges.length === 0,
    );
    const [first] = bare;
    if (first === undefined) return [];
    const names = bare.map(({ name }) => name);
    const refusal = refusalOf(index, bare);
    if (refusal !== undefined) return [usedUp(index, names, refusal)];
    const { primary } = detectNetwork(index);
    const all = bare.length === nodeFacts(index).filter(({ takesAgents }) => takesAgents).length;
    return [
      addressMessages.CNI301.raise({
        subject: { kind: 'Node', name: first.name },
        args: {
          nodes:
            all && bare.length > 1
              ? 'every node is'
              : names.length === 1
                ? `node ${first.name} is`
                : `${nodeWords(names)} are`,
          first: first.name,
          why: '',
          title: primary?.title ?? 'the network plugin',
        },
        impact: bare.length / Math.max(1, nodeFacts(index).length),
        pods: names.map(nodeKey),
        evidence: [
          ...bare
            .slice(0, 3)
            .map(({ name }) => ({ fact: 'spec.podCIDR and spec.podCIDRs are empty', source: `Node ${name} spec` })),
          { fact: 'addresses of pods are taken from it', source: primary?.ipam?.source ?? 'the other nodes have one' },
        ],
      }),
    ];
  },
});

interface Refusal {
  readonly node: string;
  readonly reason: string;
  readonly message: string;
}

function refusalOf(index: ClusterIndex, nodes: readonly NodeFacts[]): Refusal | undefined {
  for (const { node, name } of nodes) {
    const event = index
      .events(node, 'Node')
      .findLast(({ reason }) => /^CIDR(NotAvailable|AssignmentFailed)$/.test(reason));
    if (event !== undefined) return { node: name, reason: event.reason, message: event.message };
  }
  return undefined;
}

function usedUp(index: ClusterIndex, names: readonly string[], { node, reason, message }: Refusal): Finding {
  const [range] = detectNetwork(index).podRanges;
  return addressMessages.CNI307.raise({
    subject: { kind: 'Node', name: node },
    args: { cluster: range === undefined ? '' : ` ${range.value}`, nodes: nodeWords(names), said: reason },
    pods: names.map(nodeKey),
    evidence: [
      { fact: `${reason}: ${shorten(message, 160)}`, source: `Event on Node ${node}` },
      {
        fact: `${nodeFacts(index).filter(({ ranges }) => ranges.length > 0).length} nodes have a range`,
        source: 'Nodes spec.podCIDRs',
      },
      ...(range === undefined ? [] : [{ fact: `pod range ${range.value}`, source: range.source }]),
    ],
  });
}

/** Nodes whose range is not part of what the plugin, kube-proxy or the controller manager take for pod addresses. */
export const podRangeOutside = defineCheck<ClusterSubject>({
  id: 'netcni/pod-range-outside-cluster-range',
  group: 'ranges',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    if (!usesPodRanges(index)) return [];
    const { podRanges, kubeProxy, primary } = detectNetwork(index);
    const proxy = kubeProxy.clusterRange;
    const proxied = (proxy?.value ?? '')
      .split(',')
      .filter((text) => text !== '')
      .map((value) => ({ value, source: proxy?.source ?? '' }));
    const flannel = primary?.name === 'Flannel' || primary?.name === 'Canal';
    return [
      ...outside(index, podRanges, flannel),
      ...(podRanges.some(({ source }) => source === proxy?.source) ? [] : outside(index, proxied, false)),
    ];
  },
});

function outside(index: ClusterIndex, cluster: readonly Told<string>[], fatal: boolean): readonly Finding[] {
  const wanted = cluster.flatMap(({ value, source }) => {
    const range = parseCidr(value);
    return range === undefined ? [] : [{ text: value, range, source }];
  });
  const [told] = wanted;
  if (told === undefined) return [];
  const strays = nodeFacts(index).flatMap(({ name, ranges, fresh }) =>
    fresh
      ? []
      : ranges
          .filter(
            ({ range }) =>
              wanted.some((one) => one.range.family === range.family) &&
              !wanted.some((one) => coversRange(one.range, range)),
          )
          .map((entry) => ({ name, ...entry })),
  );
  const [first] = strays;
  if (first === undefined) return [];
  const names = [...new Set(strays.map(({ name }) => name))];
  return [
    addressMessages.CNI303.raise({
      subject: { kind: 'Node', name: first.name },
      args: {
        nodes: nodeWords(names),
        ranges: `${names.length === 1 ? 'range' : 'ranges'} ${joinNames([...new Set(strays.map(({ text }) => text))], 2)}`,
        lie: names.length === 1 ? 'lies' : 'lie',
        cluster: wanted.map(({ text }) => text).join(', '),
        where: told.source,
        fix: intoLine(index, names, told.source),
      },
      severity: fatal ? 'critical' : 'warning',
      pods: names.map(nodeKey),
      evidence: [
        ...strays
          .slice(0, 3)
          .map(({ name, text }) => ({ fact: `podCIDR ${text}`, source: `Node ${name} spec.podCIDRs` })),
        ...wanted.map(({ text, source }) => ({ fact: `pod range ${text}`, source })),
      ],
    }),
  ];
}

/** Where all nodes agree the setting is wrong; a single node keeps its range as long as its Node object lives. */
function intoLine(index: ClusterIndex, strays: readonly string[], source: string): readonly Fix[] {
  const [kind, place = '', ...key] = source.split(' ');
  const [namespace, name] = place.split('/');
  const others = nodeFacts(index).filter(({ ranges, name: node }) => ranges.length > 0 && !strays.includes(node));
  if (others.length > 0) {
    return strays.slice(0, 1).map((node) => ({
      title: 'let the node join anew, for a range of the cluster; then restart its kubelet and make its pods anew',
      command: `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data && kubectl delete node ${node}`,
      risk: 'high',
    }));
  }
  if (kind !== 'ConfigMap' || name === undefined) return [];
  const [set] = name === 'kube-proxy' ? detectNetwork(index).kubeProxy.sets : [];
  return [
    {
      title: `give it the range of the nodes (${key.join(' ').replace(/:.*/, '')}), then restart what reads it`,
      command: `kubectl edit configmap -n ${namespace} ${name}`,
      risk: 'low',
    },
    ...(set === undefined ? restartAgents(index) : [restartOf(set)]),
  ];
}
