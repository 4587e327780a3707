import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { SandboxCause } from '../../../../shared/datapath/cni/sandbox-cause.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podState } from '../../../../shared/model/pod-state.ts';
import {
  conditionOf,
  isFinished,
  isReady,
  isTerminating,
  podAddresses,
  podKey,
} from '../../../../shared/model/pods.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, plural, shorten, timesTold } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { nodeAddresses } from '../../facts/addresses.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { alikeNodes } from '../../facts/alike-nodes.ts';
import { downNodes, nodeFacts } from '../../facts/nodes.ts';
import { type TroubledPod, troubledPods } from '../../facts/troubled-pods.ts';
import { podMessages } from '../../messages/pods.ts';
import { configurationByHand } from '../configuration-files.ts';
import { joinAlike } from '../join-alike.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { nodeWords, sinceWords } from '../words.ts';
import { numbersOf } from './address-words.ts';

const USES = [...AGENT_USES, 'Event', 'CiliumNode', 'NodeNetworkConfig', 'PersistentVolumeClaim'] as const;

/** Pods whose sandbox fails, by node and by what the plugin says. */
export const podsWithoutNetwork = defineCheck<ClusterSubject>({
  id: 'netcni/pods-without-network',
  group: 'pods',
  needs: [],
  uses: USES,
  run: (_, { index }) => {
    const groups = new Map<string, TroubledPod[]>();
    for (const pod of troubledPods(index)) {
      // Used-up addresses are told by the node.
      if (isOfPod(pod) || pod.cause.trouble === 'no-address' || downNodes(index).has(pod.node)) continue;
      const key = `${pod.node}\n${pod.cause.trouble}\n${pod.cause.meaning}`;
      groups.set(key, [...(groups.get(key) ?? []), pod]);
    }
    const byNode = [...groups.values()].map((pods) => ({ name: pods[0]?.node ?? '', pods }));
    return alikeNodes(
      index,
      byNode,
      ({ pods: [first] }) => `${first?.cause.trouble} ${first?.cause.meaning || first?.cause.words}`,
    ).map((alike) =>
      raise(
        index,
        alike.map(({ name }) => name),
        alike.flatMap(({ pods }) => pods),
      ),
    );
  },
});

/** Which classes of runtime a node offers is not the network's business. */
function isOfPod({ cause }: TroubledPod): boolean {
  return cause.trouble === 'runtime' && cause.meaning.includes('runtime class');
}

/** What the files of CNI on the node bring about. */
const OF_FILES: ReadonlySet<string> = new Set([
  'no-program',
  'no-configuration',
  'bad-configuration',
  'no-pool',
  'other',
]);

/** What stands in the way of a pod itself, or before any network is asked for. */
const LESSER: ReadonlySet<string> = new Set(['hostport', 'attachment', 'runtime']);

function raise(index: ClusterIndex, nodes: readonly string[], pods: readonly TroubledPod[]): Finding {
  const [first] = pods as readonly [TroubledPod, ...TroubledPod[]];
  const { cause, node } = first;
  // How many addresses the node has left matters nothing there.
  const numbers =
    nodes.length > 1 || LESSER.has(cause.trouble)
      ? ''
      : numbersOf(nodeAddresses(index).find(({ name }) => name === node) ?? EMPTY);
  const running = cause.trouble === 'agent-down' ? readyAgentOn(index, first) : undefined;
  const meaning = running === undefined ? cause.meaning : preparedNothing(cause, running);
  return podMessages.CNI312.raise({
    subject: { kind: 'Node', name: node },
    args: {
      pods:
        pods.length === 1
          ? `pod ${first.key}`
          : `${plural(pods.length, 'pod')} (${joinNames(
              pods.map(({ key }) => key),
              2,
            )})`,
      nodes: nodeWords(nodes),
      first: node,
      meaning: meaning === '' ? cause.words : `${meaning} ("${shorten(essence(cause.words), 110)}")`,
      fix: running === undefined ? fixesFor(index, first) : restartAgent(index, ...nodes),
      byHand: OF_FILES.has(cause.trouble) ? configurationByHand(index, node) : [],
      numbers: numbers === '' ? '' : ` (${numbers})`,
    },
    confidence: cause.trouble === 'other' || cause.trouble === 'timeout' ? 'likely' : 'proven',
    severity: LESSER.has(cause.trouble) ? 'warning' : 'critical',
    impact: nodes.length / Math.max(1, nodeFacts(index).length),
    pods: [...nodes.map(nodeKey), ...pods.flatMap((pod) => ownKeys(index, pod))],
    evidence: pods.slice(0, 3).map(({ key, message, count, cause: words }) => ({
      // Of a long message the frames come first, and what it says last.
      fact: `"${shorten(message.length > 240 ? words.words : message, 240)}" (${timesTold(count)})`,
      source: `Event on Pod ${key}`,
    })),
  });
}

/** What the plugin says, without who says it and of whom it asked; the evidence has all of it. */
function essence(words: string): string {
  return words
    .replace(/^plugin type="[^"]*"(?: name="[^"]*")? failed \(add\): /, '')
    .replace(/(Get|Post) "[^"]*": /, '');
}

/**
 * flanneld brings its own program to the node and no other: that one of the others is gone is a fault beside whatever
 * ails the agent, and a key that the agent's finding lacks keeps it from being told as its consequence.
 */
function ownKeys(index: ClusterIndex, { node, message, cause }: TroubledPod): readonly string[] {
  const program = /failed to find plugin "([^"]+)"/.exec(message)?.[1];
  const beside = cause.trouble === 'no-program' && program !== undefined && STANDARD.test(program);
  return beside && detectNetwork(index).primary?.name === 'Flannel' ? [`${node}/${program}`] : [];
}

/** The agent's pod is ready, so the words of its plugin mean something else than that it does not run. */
function preparedNothing({ meaning }: SandboxCause, agent: string): string {
  return meaning.startsWith('flannel has not written its subnet file')
    ? `flannel's subnet file is gone from the node: its agent ${agent} is ready and writes it only when it starts`
    : `${meaning}, although its pod ${agent} is ready`;
}

/** The agent of the plugin that speaks, or, where Multus waits for it, of the default network. */
function readyAgentOn(index: ClusterIndex, { node, cause }: TroubledPod): string | undefined {
  const { primary } = detectNetwork(index);
  if (cause.plugin !== primary?.name && cause.plugin !== 'Multus') return undefined;
  const agents = agentGroups(index).filter(({ role }) => role === 'network');
  const pod = agents.flatMap(({ pods }) => pods).find((one) => nodeOfAgent(one) === node && isReady(one));
  return pod === undefined ? undefined : nameOf(pod);
}

function fixesFor(index: ClusterIndex, { cause, node, message }: TroubledPod): readonly Fix[] {
  const image = /sandbox image "([^"]+)"/.exec(message)?.[1];
  if (cause.trouble === 'runtime' && image !== undefined)
    return [{ title: `on node ${node}: see what its registry answers`, command: `crictl pull ${image}`, risk: 'none' }];
  const program = /failed to find plugin "([^"]+)"/.exec(message)?.[1];
  // Nodes of kind are images that hold these programs, without a package of them.
  if (program !== undefined && STANDARD.test(program) && detectNetwork(index).primary?.name !== 'kindnet') {
    return [
      {
        title: `on node ${node} (Debian, Ubuntu): bring the standard programs of CNI back`,
        command: `apt-get install --reinstall kubernetes-cni && ls -l /opt/cni/bin/${program}`,
        risk: 'low',
      },
    ];
  }
  if (!cause.meaning.startsWith('the bridge cni0')) return [];
  return [
    {
      title: `on node ${node}: take the bridge away, the next pod makes it anew; the pods in it must be made anew too`,
      command: 'ip link delete cni0',
      risk: 'high',
    },
  ];
}

/** Programs that come with containernetworking/plugins, and as the package kubernetes-cni beside the kubelet. */
const STANDARD =
  /^(bandwidth|bridge|dhcp|dummy|firewall|host-device|host-local|ipvlan|loopback|macvlan|portmap|ptp|sbr|static|tap|tuning|vlan|vrf)$/;

const EMPTY = {
  name: '',
  scheme: 'unknown',
  ranges: [],
  capacity: undefined,
  used: undefined,
  usedFrom: '',
  atLeast: undefined,
  leaked: 0,
  borrowed: 0,
  waiting: [],
  source: '',
} as const;

/** How long a pod may be without a sandbox before it is worth a word, when nobody says why. */
const PATIENCE = 180_000;

/** Pods that hang before their sandbox, and no event tells why. */
export const podsHang = defineCheck<ClusterSubject>({
  id: 'netcni/pods-hang-in-creation',
  group: 'pods',
  needs: [],
  uses: USES,
  run: (_, { index, now }) => {
    const byNode = new Map<string, Pod[]>();
    for (const pod of index.list('Pod')) {
      if (podAddresses(pod).length > 0 || isFinished(pod) || isTerminating(pod) || pod.spec?.hostNetwork === true)
        continue;
      const node = pod.spec?.nodeName ?? '';
      if (node === '' || downNodes(index).has(node) || !hangs(index, pod, now)) continue;
      byNode.set(node, [...(byNode.get(node) ?? []), pod]);
    }
    const hanging = [...byNode].map(([node, pods]) => {
      const [first] = pods as [Pod, ...Pod[]];
      const entry = nodeAddresses(index).find(({ name }) => name === node);
      const numbers = entry === undefined ? '' : numbersOf(entry);
      const finding = podMessages.CNI316.raise({
        subject: { kind: 'Node', name: node },
        args: {
          pods:
            pods.length === 1
              ? `pod ${podKey(first)} is`
              : `${plural(pods.length, 'pod')} (${joinNames(pods.map(podKey), 2)}) are`,
          node,
          since: sinceWords(ago(first.metadata?.creationTimestamp, now)),
          numbers: numbers === '' ? '' : ` (${numbers})`,
        },
        pods: [nodeKey(node)],
        evidence: pods.slice(0, 3).map((pod) => ({
          fact: `no address, containers waiting: ${pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? 'no status'}, PodReadyToStartContainers ${conditionOf(pod, 'PodReadyToStartContainers')?.status ?? 'not reported'}`,
          source: `Pod ${podKey(pod)} status`,
        })),
      });
      return { name: node, words: '', finding };
    });
    return joinAlike(index, hanging);
  },
});

function hangs(index: ClusterIndex, pod: Pod, now: number): boolean {
  const state = podState(index, pod);
  if (state.is !== 'preparing' || state.problem.is !== 'unexplained' || state.problem.sandbox === true) return false;
  return now - Date.parse(pod.status?.startTime ?? pod.metadata?.creationTimestamp ?? '') > PATIENCE;
}
