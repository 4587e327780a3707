import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { calledPlugin } from '../../../../shared/datapath/cni/sandbox-cause.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { PluginName } from '../../../../shared/model/network-plugins.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { nodeCondition } from '../../../../shared/model/pod-state-node.ts';
import { isFinished, isReady, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { formatAddress, inRange, parseAddress } from '../../../../shared/util/addresses.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { alikeNodes } from '../../facts/alike-nodes.ts';
import { isDown, nodeFacts, podsByNode } from '../../facts/nodes.ts';
import { troubledPods } from '../../facts/troubled-pods.ts';
import { unknownNetwork } from '../../facts/unknown-network.ts';
import { configurationMessages } from '../../messages/configuration.ts';
import { joinAlike } from '../join-alike.ts';
import { restartAgent } from '../restart-agent.ts';
import { nodeWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

/** The kubelet has no network configuration although the agent that writes it is ready. */
export const configurationMissing = defineCheck<ClusterSubject>({
  id: 'netcni/network-configuration-missing',
  group: 'plugin',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const lacking = nodeFacts(index).flatMap(({ name, standing, ready, fresh }) => {
      const agent = standing === 'no-network' && !fresh ? agentOn(index, name) : undefined;
      return agent === undefined || !isReady(agent.pod) ? [] : [{ name, agent, said: ready?.message ?? '' }];
    });
    return alikeNodes(index, lacking, ({ agent, said }) => `${namespaceOf(agent.pod)} ${said}`).map((alike) => {
      const [{ name, agent, said }] = alike;
      const names = alike.map((one) => one.name);
      return configurationMessages.CNI109.raise({
        subject: { kind: 'Node', name },
        args: {
          nodes: nodeWords(names),
          many: names.length > 1,
          title: agent.title,
          said: shorten(said.replace(/^.*message:/, ''), 120),
          namespace: namespaceOf(agent.pod),
          agents: alike.map((one) => nameOf(one.agent.pod)),
        },
        pods: names.map(nodeKey),
        evidence: alike.slice(0, 3).flatMap((one) => [
          { fact: shorten(one.said, 200), source: `Node ${one.name} status.conditions` },
          { fact: `the agent on this node is ready`, source: `Pod ${podKey(one.agent.pod)} status` },
        ]),
      });
    });
  },
});

function agentOn(index: ClusterIndex, node: string): { readonly title: string; readonly pod: Pod } | undefined {
  for (const { role, title, pods } of agentGroups(index)) {
    const pod = role === 'network' ? pods.find((one) => nodeOfAgent(one) === node) : undefined;
    if (pod !== undefined) return { title, pod };
  }
  return undefined;
}

/** What the node says itself through the condition that network plugins and clouds set. */
export const networkUnavailable = defineCheck<ClusterSubject>({
  id: 'netcni/network-unavailable',
  group: 'nodes',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index }) => {
    const unavailable = nodeFacts(index).flatMap((facts) => {
      const { name, node, fresh, takesAgents } = facts;
      const condition = nodeCondition(node, 'NetworkUnavailable');
      // A node that is down says nothing new, and its agent sets this while it goes down in good order.
      if (condition?.status !== 'True' || fresh || isDown(facts) || !takesAgents) return [];
      return [{ name, node, reason: condition.reason ?? '', said: condition.message ?? '' }];
    });
    return alikeNodes(index, unavailable, ({ reason, said }) => `${reason} ${said}`).map((alike) => {
      const [{ name, node, reason, said }] = alike;
      const names = alike.map((one) => one.name);
      return configurationMessages.CNI110.raise({
        subject: { kind: 'Node', name },
        args: {
          nodes: nodeWords(names),
          many: names.length > 1,
          first: name,
          reason,
          said: shorten(said, 140),
          // Routes of a cloud are no business of an agent.
          fix: reason.includes('Route') ? [] : restartAgent(index, ...names),
        },
        pods: names.map(nodeKey),
        evidence: [
          ...alike.slice(0, 4).map((one) => ({
            fact: `NetworkUnavailable is True: ${shorten(one.said, 160)}`,
            source: `Node ${one.name} status.conditions`,
          })),
          ...keepsPodsAway(index, node, reason),
        ],
      });
    });
  },
});

/** The taint goes with the condition, and that is for whoever makes the routes to say. */
function keepsPodsAway(index: ClusterIndex, { spec, metadata }: Node, reason: string): readonly Evidence[] {
  const key = 'node.kubernetes.io/network-unavailable';
  if (spec?.taints?.some((taint) => taint.key === key) !== true) return [];
  const title = detectNetwork(index).primary?.title;
  const lifter = reason.includes('Route')
    ? 'the route controller of the cloud has made the route to the pods of the node'
    : `the agent of ${title ?? 'the network plugin'} on the node says that it works`;
  return [
    { fact: `taint ${key} keeps new pods away until ${lifter}`, source: `Node ${metadata?.name ?? ''} spec.taints` },
  ];
}

/** Types of CNI programs that each plugin calls, besides those that any may chain (portmap, bandwidth, tuning, loopback). */
const OWN: { readonly [Name in PluginName]?: RegExp } = {
  Calico: /^calico/,
  Canal: /^(calico|flannel|bridge|host-local)/,
  Cilium: /^cilium/,
  Flannel: /^(flannel|bridge|host-local)/,
  'Weave Net': /^weave/,
  Antrea: /^antrea/,
  kindnet: /^(ptp|host-local|kindnet|cni-kindnet)/,
  'kube-router': /^(bridge|host-local)/,
  'AWS VPC CNI': /^(aws-cni|egress-cni|egress-v4-cni|egress-v6-cni)/,
  'Azure CNI': /^azure/,
  'OVN-Kubernetes': /^ovn-k8s/,
};
/** Programs of Windows stand for whatever plugin has nodes of both kinds. */
const ANYONES =
  /^(win-|sdn|l2bridge|vpc-bridge|portmap|bandwidth|tuning|loopback|firewall|sbr|vrf|multus|multus-shim|istio-cni|linkerd-cni|generic-veth)/;

/** Pods fail in a network that does not belong to the plugin of the cluster. */
export const foreignConfiguration = defineCheck<ClusterSubject>({
  id: 'netcni/foreign-cni-configuration',
  group: 'plugin',
  needs: [],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index }) => {
    const { primary, plugins } = detectNetwork(index);
    const own = plugins.filter(({ alive }) => alive !== 'leftover').map(({ name }) => OWN[name]);
    if (primary === undefined || own.length === 0 || own.includes(undefined)) return [];
    const byNetwork = new Map<string, { node: string; type: string; name: string; keys: string[]; message: string }>();
    for (const { node, message, key } of troubledPods(index)) {
      const called = calledPlugin(message);
      if (called === undefined || ANYONES.test(called.type) || own.some((shape) => shape?.test(called.type))) continue;
      const id = `${node} ${called.type} ${called.name}`;
      const entry = byNetwork.get(id) ?? { node, ...called, keys: [], message };
      entry.keys.push(key);
      byNetwork.set(id, entry);
    }
    const told = [...byNetwork.values()].map((one) => ({ ...one, network: one.name, name: one.node }));
    return alikeNodes(index, told, ({ type, network }) => `${type} ${network}`).map((alike) => {
      const [{ node, type, network }] = alike;
      const names = alike.map((one) => one.node);
      return configurationMessages.CNI111.raise({
        subject: { kind: 'Node', name: node },
        args: {
          nodes: nodeWords(names),
          first: node,
          type,
          name: network,
          title: primary.title,
          pods: joinNames(
            alike.flatMap(({ keys }) => keys),
            2,
          ),
        },
        pods: names.map(nodeKey),
        evidence: [
          ...alike.slice(0, 3).map(({ keys, message }) => ({
            fact: shorten(message, 240),
            source: `Event FailedCreatePodSandBox on Pod ${keys[0] ?? ''}`,
          })),
          ...primary.evidence.slice(0, 1),
        ],
      });
    });
  },
});

/** Running pods whose address is not of their node, where nodes hand out addresses from their podCIDR. */
export const addressesOutside = defineCheck<ClusterSubject>({
  id: 'netcni/addresses-outside-node-range',
  group: 'plugin',
  needs: ['Node'],
  uses: AGENT_USES,
  run: (_, { index, now }) => {
    const { primary, plugins } = detectNetwork(index);
    // With Multus, or a plugin that is not known, the first address may rightly be of another network.
    const byRange = primary === undefined ? unknownNetwork(index)?.byHand === true : primary.ipam?.value === 'podCIDR';
    if (!byRange || plugins.some(({ name }) => name === 'Multus')) return [];
    const found = nodeFacts(index).flatMap((facts) => {
      const { name, ranges } = facts;
      if (ranges.length === 0 || isDown(facts)) return [];
      const outside = (podsByNode(index).get(name) ?? []).filter((pod) => {
        if (pod.spec?.hostNetwork === true || isFinished(pod)) return false;
        const address = parseAddress(podAddresses(pod)[0]);
        const same = ranges.filter(({ range }) => range.family === address?.family);
        return address !== undefined && same.length > 0 && !same.some(({ range }) => inRange(range, address));
      });
      const [example] = outside;
      const address = parseAddress(podAddresses(example ?? {})[0]);
      if (example === undefined || address === undefined) return [];
      const anew = outside.every((pod) => isOlder(pod, facts.node));
      const finding = configurationMessages.CNI112.raise({
        subject: { kind: 'Node', name },
        args: {
          node: name,
          count: outside.length,
          example: `${formatAddress(address)} of ${podKey(example)}`,
          range: ranges.map(({ text }) => text).join(', '),
          joined: anew ? ago(facts.node.metadata?.creationTimestamp, now) : '',
          fix: anew ? asItShouldBe(index, name) : [],
        },
        ...(anew ? { severity: 'critical' as const, confidence: 'proven' as const } : {}),
        pods: [nodeKey(name)],
        evidence: [
          { fact: `podCIDR ${ranges.map(({ text }) => text).join(', ')}`, source: `Node ${name} spec.podCIDRs` },
          ...outside.slice(0, 3).map((pod) => ({
            fact: `address ${podAddresses(pod)[0] ?? ''}`,
            source: `Pod ${podKey(pod)} status.podIP`,
          })),
        ],
      });
      return [{ name, words: '', finding }];
    });
    return joinAlike(index, found);
  },
});

/** A pod that is there longer than the Node object of its node: somebody deleted the Node, and it came back. */
function isOlder(pod: Pod, node: Node): boolean {
  return Date.parse(pod.metadata?.creationTimestamp ?? '') < Date.parse(node.metadata?.creationTimestamp ?? '');
}

/** The agent writes the new range, a new bridge takes it, and new pods get addresses of it. */
function asItShouldBe(index: ClusterIndex, node: string): readonly Fix[] {
  const bridged = detectNetwork(index).primary?.name === 'Flannel';
  return [
    ...restartAgent(index, node).slice(-1),
    ...(bridged
      ? [
          {
            title: 'then on the node: take the bridge with the old address away, the next pod makes it anew',
            command: 'ip link delete cni0',
            risk: 'high' as const,
          },
        ]
      : []),
    {
      title: 'then make the pods of the node anew',
      command: `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data && kubectl uncordon ${node}`,
      risk: 'high',
    },
  ];
}
