import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { Ipam } from '../../../shared/datapath/cni/setup.ts';
import { ciliumRanges, podRangesByNode } from '../../../shared/datapath/pod-ranges.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isFinished, podAddresses } from '../../../shared/model/pods.ts';
import type { AddressRange } from '../../../shared/util/addresses.ts';
import { awsCapacity } from './aws-limits.ts';
import { blocksOf } from './calico-blocks.ts';
import { cidrs, type NodeFacts, nodeFacts, podsByNode } from './nodes.ts';
import { type TroubledPod, troubledPods } from './troubled-pods.ts';

/** What a node has to give and has given, of the family that runs out first. */
export interface NodeAddresses {
  readonly name: string;
  readonly scheme: Ipam | 'unknown';
  /** Ranges or blocks that the node gives from. */
  readonly ranges: readonly string[];
  /** Addresses that pods can get; undefined where that cannot be told, or where there are more than can run out. */
  readonly capacity: number | undefined;
  /** Undefined when they are counted by pods, and not all were read. */
  readonly used: number | undefined;
  /** Where they were counted. */
  readonly usedFrom: string;
  /** Those of the pods that were read, where these are not all. */
  readonly atLeast: number | undefined;
  /** Addresses that are given out and belong to no pod that is there; only Calico's blocks tell. */
  readonly leaked: number;
  /** Addresses that the node uses out of blocks of other nodes. */
  readonly borrowed: number;
  /** Pods on it that wait for their network. */
  readonly waiting: readonly TroubledPod[];
  /** Where capacity was read. */
  readonly source: string;
}

/** One entry for each Linux node with a kubelet, in the order of their names. */
export function nodeAddresses(index: ClusterIndex): readonly NodeAddresses[] {
  return index.memo('netcni/node-addresses', () => {
    const waiting = new Map<string, TroubledPod[]>();
    for (const pod of troubledPods(index)) waiting.set(pod.node, [...(waiting.get(pod.node) ?? []), pod]);
    const scheme = detectNetwork(index).primary?.ipam?.value;
    return nodeFacts(index)
      .filter(({ takesAgents }) => takesAgents)
      .map((facts) => ({
        waiting: waiting.get(facts.name) ?? [],
        ...measure(index, facts, scheme ?? (facts.ranges.length > 0 ? 'podCIDR' : 'unknown')),
      }));
  });
}

type Measured = Omit<NodeAddresses, 'waiting'>;

function measure(index: ClusterIndex, facts: NodeFacts, scheme: NodeAddresses['scheme']): Measured {
  switch (scheme) {
    case 'podCIDR':
      return fromRanges(
        index,
        facts,
        scheme,
        facts.ranges.map(({ text }) => text),
        'spec.podCIDRs',
      );
    case 'operator':
      return fromRanges(index, facts, scheme, ciliumRanges(index, facts.name), 'CiliumNode spec.ipam');
    case 'blocks':
      return fromBlocks(index, facts);
    case 'cloud':
      return fromCloud(index, facts);
    case 'own': {
      const own = podRangesByNode(index).get(facts.name);
      const texts = own?.ranges.map(({ text }) => text) ?? [];
      return own === undefined
        ? { ...nothing(index, facts), scheme, ranges: [] }
        : fromRanges(index, facts, scheme, texts, 'annotation k8s.ovn.org/node-subnets');
    }
    default:
      return { ...nothing(index, facts), scheme };
  }
}

function nothing(index: ClusterIndex, { name, ranges }: NodeFacts): Measured {
  const scheme = 'unknown';
  const count = addressedPods(index, name).length;
  const all = isWhollyRead(index, 'Pod');
  return {
    name,
    scheme,
    ranges: ranges.map(({ text }) => text),
    capacity: undefined,
    used: all ? count : undefined,
    usedFrom: 'Pods status.podIP',
    atLeast: all || index.list('Pod').length === 0 ? undefined : count,
    leaked: 0,
    borrowed: 0,
    source: '',
  };
}

function fromRanges(
  index: ClusterIndex,
  facts: NodeFacts,
  scheme: Ipam,
  texts: readonly string[],
  where: string,
): Measured {
  const found = cidrs(texts);
  const byFamily = ([4, 6] as const)
    .map((family) => found.filter(({ range }) => range.family === family))
    .filter((ranges) => ranges.length > 0)
    .map((ranges) => ranges.reduce((sum, { range }) => sum + usable(range), 0));
  const least = Math.min(...byFamily);
  const capacity = least < MORE_THAN_RUN_OUT ? least : undefined;
  const counted = nothing(index, facts);
  // Some of the pods may be enough to fill a range.
  const full = capacity !== undefined && (counted.atLeast ?? -1) >= capacity;
  const used = full ? counted.atLeast : counted.used;
  return { ...counted, used, scheme, ranges: texts, capacity, source: `Node ${facts.name} ${where}` };
}

/** A node runs some hundred pods. */
const MORE_THAN_RUN_OUT = 2 ** 20;

/**
 * Addresses for pods of a range: without the network's, the gateway's own (host-local, Cilium's router), and that of
 * the broadcast, which IPv6 does not have.
 */
export function usable({ family, first, last }: AddressRange): number {
  return Math.max(0, Number(last - first + 1n) - (family === 4 ? 3 : 2));
}

function fromBlocks(index: ClusterIndex, facts: NodeFacts): Measured {
  const own = blocksOf(index).get(facts.name);
  if (own === undefined) return { ...nothing(index, facts), scheme: 'blocks' };
  return {
    name: facts.name,
    scheme: 'blocks',
    ranges: own.cidrs,
    capacity: own.size,
    used: own.used,
    usedFrom: 'IPAMBlocks',
    atLeast: undefined,
    leaked: own.leaked.length,
    borrowed: own.borrowed,
    source: `IPAMBlocks with affinity host:${facts.name}`,
  };
}

/** Cilium and Azure write what the cloud gave each node; for AWS the instance's type limits it. */
function fromCloud(index: ClusterIndex, facts: NodeFacts): Measured {
  const base = { ...nothing(index, facts), scheme: 'cloud' as const, ranges: [] };
  const cilium = index.get('CiliumNode', undefined, facts.name);
  if (cilium?.spec?.ipam?.pool !== undefined) {
    const used = Object.keys(cilium.status?.ipam?.used ?? {}).length;
    return {
      ...base,
      capacity: Object.keys(cilium.spec.ipam.pool).length,
      used,
      usedFrom: `CiliumNode ${facts.name} status.ipam.used`,
      atLeast: undefined,
      source: `CiliumNode ${facts.name} spec.ipam.pool`,
    };
  }
  const azure = index.list('NodeNetworkConfig').find(({ metadata }) => metadata?.name === facts.name);
  const assigned = (azure?.status?.networkContainers ?? []).reduce(
    (sum, { ipAssignments }) => sum + (ipAssignments?.length ?? 0),
    0,
  );
  if (azure !== undefined && assigned > 0) {
    return { ...base, capacity: assigned, source: `NodeNetworkConfig ${facts.name} status.networkContainers` };
  }
  const aws = detectNetwork(index).primary?.name === 'AWS VPC CNI' ? awsCapacity(index, facts.node) : undefined;
  return aws === undefined ? base : { ...base, capacity: aws.addresses, source: aws.source };
}

/** Pods of a node that hold an address of the pod network, of those that were read. */
export function addressedPods(index: ClusterIndex, node: string): readonly Pod[] {
  return (podsByNode(index).get(node) ?? []).filter(
    (pod) => pod.spec?.hostNetwork !== true && !isFinished(pod) && podAddresses(pod).length > 0,
  );
}

/** Pods of a node that count against the kubelet's limit and need no address of their own. */
export function hostNetworkPods(index: ClusterIndex, node: string): number {
  return (podsByNode(index).get(node) ?? []).filter((pod) => pod.spec?.hostNetwork === true && !isFinished(pod)).length;
}
