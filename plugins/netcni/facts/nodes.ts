import { type NamedRange, podRangesOf } from '../../../shared/datapath/nodes.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Condition, Node } from '../../../shared/model/objects.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { nodeCondition } from '../../../shared/model/pod-state-node.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { bringsItsNetwork } from '../../../shared/model/virtual-nodes.ts';
import { parseCidr } from '../../../shared/util/addresses.ts';
import { parseQuantity } from '../../../shared/util/quantity.ts';

/**
 * How a node stands. `silent`: its kubelet says nothing any more. `no-network`: the kubelet says that there is no
 * network for pods. `broken`: it says that something else is wrong. `unreported`: no condition was read.
 */
export type Standing = 'ready' | 'silent' | 'no-network' | 'broken' | 'unreported';

export interface NodeFacts {
  readonly name: string;
  readonly node: Node;
  readonly standing: Standing;
  readonly ready: Condition | undefined;
  /** A Linux node with a kubelet of its own that is there to stay: agents of the network belong there. */
  readonly takesAgents: boolean;
  /** Joined so lately that its agents may still be starting. */
  readonly fresh: boolean;
  /** What tells that it is being taken away on purpose, so that its silence is no fault: `taint karpenter.sh/disrupted`. */
  readonly leaving: string | undefined;
  /** How many pods the kubelet takes. */
  readonly maxPods: number | undefined;
  readonly ranges: readonly NamedRange[];
}

/** How long a node that has just joined may lack agents and network, in milliseconds. */
export const FRESH = 180_000;

/** All nodes that were read, in the order of their names. */
export function nodeFacts(index: ClusterIndex): readonly NodeFacts[] {
  return index.memo('netcni/nodes', () => index.list('Node').map((node) => factsOf(node, index.now)));
}

function factsOf(node: Node, now: number): NodeFacts {
  const ready = nodeCondition(node, 'Ready');
  const leaving = leavingOf(node, ready, now);
  return {
    name: nameOf(node),
    node,
    standing: standingOf(ready),
    ready,
    takesAgents: isLinux(node) && !bringsItsNetwork(node) && leaving === undefined,
    fresh: now - Date.parse(node.metadata?.creationTimestamp ?? '') < FRESH,
    leaving,
    maxPods: parseQuantity(node.status?.allocatable?.pods),
    ranges: podRangesOf(node),
  };
}

/** One node's facts by its name. */
export function nodeFactsOf(index: ClusterIndex, name: string): NodeFacts | undefined {
  return index
    .memo('netcni/nodes-by-name', () => new Map(nodeFacts(index).map((facts) => [facts.name, facts])))
    .get(name);
}

/** Texts as ranges; what is none is left out. */
export function cidrs(texts: readonly string[]): readonly NamedRange[] {
  return texts.flatMap((text) => {
    const range = parseCidr(text);
    return range === undefined ? [] : [{ text, range }];
  });
}

/** What the kubelet writes when the container runtime has no network configuration. */
const NO_NETWORK =
  /NetworkPluginNotReady|NetworkReady=false|cni plugin not initialized|cni config uninitialized|network plugin is not ready/i;

function standingOf(ready: Condition | undefined): Standing {
  if (ready === undefined) return 'unreported';
  if (ready.status === 'True') return 'ready';
  if (ready.status === 'Unknown') return 'silent';
  return NO_NETWORK.test(ready.message ?? '') ? 'no-network' : 'broken';
}

function isLinux(node: Node): boolean {
  const os = node.metadata?.labels?.['kubernetes.io/os'] ?? node.status?.nodeInfo?.operatingSystem ?? 'linux';
  return os.toLowerCase() === 'linux';
}

/** Taints that autoscalers, handlers of spot nodes and clouds set on a node whose machine goes away. */
const GOING =
  /^(ToBeDeletedByClusterAutoscaler|karpenter\.sh\/(disrupt\w*|termination)|aws-node-termination-handler\/.*|cloud\.google\.com\/impending-node-termination|node\.cloudprovider\.kubernetes\.io\/shutdown|remediation\.medik8s\.io\/.*|kubernetes\.azure\.com\/scalesetpriority-evicted|node\.kubernetes\.io\/out-of-service)$/;

/** A node that was to go and is still there after this time hangs, which is worth a word. */
const GONE_BY_THEN = 3_600_000;

function leavingOf({ metadata, spec }: Node, ready: Condition | undefined, now: number): string | undefined {
  if (ready?.status !== 'True' && now - Date.parse(ready?.lastTransitionTime ?? '') > GONE_BY_THEN) return undefined;
  if (metadata?.deletionTimestamp !== undefined) return 'metadata.deletionTimestamp';
  const taint = (spec?.taints ?? []).find(({ key = '' }) => GOING.test(key));
  return taint === undefined ? undefined : `taint ${taint.key ?? ''}`;
}

/** A node is down when its kubelet is silent, or says that it cannot work for a reason beside the network. */
export function isDown({ standing }: NodeFacts): boolean {
  return standing === 'silent' || standing === 'broken';
}

/** Names of nodes that are down, and of none else: one that only lacks its pod network is up here, and not in model/down-nodes. */
export function downNodes(index: ClusterIndex): ReadonlySet<string> {
  return index.memo(
    'netcni/down-nodes',
    () =>
      new Set(
        nodeFacts(index)
          .filter(isDown)
          .map(({ name }) => name),
      ),
  );
}

/** Pods by the node they are bound to; computed once, because clusters have very many. */
export function podsByNode(index: ClusterIndex): ReadonlyMap<string, readonly Pod[]> {
  return index.memo('netcni/pods-by-node', () => {
    const map = new Map<string, Pod[]>();
    for (const pod of index.list('Pod')) {
      const name = pod.spec?.nodeName;
      if (name === undefined || name === '') continue;
      const list = map.get(name);
      if (list === undefined) map.set(name, [pod]);
      else list.push(pod);
    }
    return map;
  });
}
