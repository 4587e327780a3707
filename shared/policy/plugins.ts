import type { Node } from '../model/objects.ts';
import type { Container } from '../model/objects-pod.ts';
import type { PluginTraits } from './match.ts';

export interface Evidence {
  /** `--enable-network-policy=false`, `annotation flannel.alpha.coreos.com/backend-type`. */
  readonly fact: string;
  /** `DaemonSet kube-system/aws-node`. */
  readonly source: string;
}

/** An agent on the nodes, from its DaemonSet or from one of its pods. */
export interface Agent {
  readonly source: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
}

/** How a network plugin is recognised, and whether it enforces NetworkPolicy. */
export interface PluginSign {
  readonly name: string;
  /** Names of DaemonSets, which are also the values of their usual labels. */
  readonly agents: readonly string[];
  /** Prefixes of node annotations. */
  readonly annotations: readonly string[];
  /** Reasons of the node condition NetworkUnavailable. */
  readonly conditions: readonly string[];
  /** Part of the kubelet's version, for distributions that run the plugin inside their own process. */
  readonly kubelet?: string;
  readonly enforces: 'yes' | 'no' | 'unknown';
  /** Where it depends on settings. */
  readonly judge?: (agents: readonly Agent[], nodes: readonly Node[]) => Judged;
  readonly traits?: PluginTraits;
}

export interface Judged {
  readonly enforces: 'yes' | 'no' | 'unknown';
  readonly evidence?: readonly Evidence[];
}

const HOST_AS_NODE: PluginTraits = { hostNetwork: 'asNodes', blocksMatchPods: true };

/** Enforcing plugins first, so that evidence reads in the order of weight. */
export const PLUGINS: readonly PluginSign[] = [
  {
    name: 'Calico',
    agents: ['calico-node'],
    annotations: ['projectcalico.org/'],
    conditions: ['CalicoIsUp', 'CalicoIsDown'],
    enforces: 'yes',
    traits: HOST_AS_NODE,
  },
  { name: 'Canal', agents: ['canal'], annotations: [], conditions: [], enforces: 'yes', traits: HOST_AS_NODE },
  {
    name: 'Cilium',
    agents: ['cilium', 'anetd'],
    annotations: ['network.cilium.io/', 'io.cilium.network'],
    conditions: ['CiliumIsUp'],
    enforces: 'yes',
    judge: judgeCilium,
    // Cilium, "Layer 3 policies": CIDR rules do not apply to endpoints that Cilium manages.
    traits: { hostNetwork: 'asNodes', blocksMatchPods: false },
  },
  { name: 'Antrea', agents: ['antrea-agent'], annotations: ['node.antrea.io/'], conditions: [], enforces: 'yes' },
  {
    name: 'Weave Net',
    agents: ['weave-net'],
    annotations: [],
    conditions: ['WeaveIsUp'],
    enforces: 'yes',
    judge: judgeWeave,
  },
  {
    name: 'OVN-Kubernetes',
    agents: ['ovnkube-node'],
    annotations: ['k8s.ovn.org/'],
    conditions: [],
    enforces: 'yes',
    traits: HOST_AS_NODE,
  },
  { name: 'Kube-OVN', agents: ['kube-ovn-cni'], annotations: ['ovn.kubernetes.io/'], conditions: [], enforces: 'yes' },
  {
    name: 'kube-router',
    agents: ['kube-router'],
    annotations: ['kube-router.io/'],
    conditions: [],
    enforces: 'yes',
    judge: (agents) => judgeFlag(agents, '--run-firewall', 'yes'),
  },
  {
    name: 'kube-network-policies',
    agents: ['kube-network-policies'],
    annotations: [],
    conditions: [],
    enforces: 'yes',
  },
  { name: 'Azure NPM', agents: ['azure-npm'], annotations: [], conditions: [], enforces: 'yes' },
  {
    name: 'K3s',
    agents: [],
    annotations: ['k3s.io/node-args'],
    conditions: [],
    kubelet: '+k3s',
    enforces: 'yes',
    judge: judgeK3s,
  },
  {
    name: 'kindnet',
    agents: ['kindnet'],
    annotations: [],
    conditions: [],
    enforces: 'unknown',
    judge: judgeKindnet,
  },
  {
    name: 'AWS VPC CNI',
    agents: ['aws-node'],
    annotations: [],
    conditions: [],
    enforces: 'unknown',
    judge: judgeAws,
  },
  {
    name: 'Flannel',
    agents: ['kube-flannel-ds', 'kube-flannel', 'flannel'],
    annotations: ['flannel.alpha.coreos.com/'],
    conditions: ['FlannelIsUp'],
    enforces: 'no',
  },
  { name: 'Azure CNI', agents: ['azure-cns'], annotations: [], conditions: [], enforces: 'no' },
  // The cloud's route controller (kubenet) sets up routes and nothing else.
  { name: 'kubenet', agents: [], annotations: [], conditions: ['RouteCreated'], enforces: 'unknown' },
];

function judgeCilium(agents: readonly Agent[]): Judged {
  for (const { source, container } of containersOf(agents)) {
    const flag = flagValue(container, '--enable-policy');
    if (flag === 'never') return { enforces: 'no', evidence: [{ fact: '--enable-policy=never', source }] };
  }
  return { enforces: 'yes' };
}

/** Policies are the work of weave-npc, the second container of the pod. */
function judgeWeave(agents: readonly Agent[]): Judged {
  const [first] = agents;
  if (first === undefined || first.containers.some(({ name }) => name === 'weave-npc')) return { enforces: 'yes' };
  return { enforces: 'no', evidence: [{ fact: 'no container weave-npc', source: first.source }] };
}

/** K3s runs kube-router's policy controller in its own process unless told not to. */
function judgeK3s(_agents: readonly Agent[], nodes: readonly Node[]): Judged {
  for (const node of nodes) {
    const args = node.metadata?.annotations?.['k3s.io/node-args'] ?? '';
    if (!args.includes('--disable-network-policy')) continue;
    const source = `Node ${node.metadata?.name ?? ''}`;
    return { enforces: 'no', evidence: [{ fact: '--disable-network-policy', source }] };
  }
  return { enforces: 'yes' };
}

/** The first kindnetd with policies came with kind v0.24.0; image tags begin with their date. */
const KINDNETD_WITH_POLICIES = 20240813;

function judgeKindnet(agents: readonly Agent[]): Judged {
  for (const { source, container } of containersOf(agents)) {
    const date = /:v(\d{8})\b/.exec(container.image ?? '')?.[1];
    if (date === undefined) continue;
    const enforces = Number(date) >= KINDNETD_WITH_POLICIES ? 'yes' : 'no';
    return { enforces, evidence: [{ fact: `image ${container.image ?? ''}`, source }] };
  }
  return { enforces: 'unknown' };
}

/** The node agent enforces, and only with the flag: it is there, switched off, in a default installation. */
function judgeAws(agents: readonly Agent[]): Judged {
  const [first] = agents;
  if (first === undefined) return { enforces: 'unknown' };
  const agent = containersOf(agents).find(({ container }) =>
    /nodeagent|network-policy-agent/.test(`${container.name}`),
  );
  if (agent === undefined) {
    return { enforces: 'no', evidence: [{ fact: 'no container aws-eks-nodeagent', source: first.source }] };
  }
  return judgeFlag(agents, '--enable-network-policy', 'no');
}

/** A flag that says true or false, on any container; `otherwise` when it is not given. */
function judgeFlag(agents: readonly Agent[], flag: string, otherwise: 'yes' | 'no'): Judged {
  for (const { source, container } of containersOf(agents)) {
    const value = flagValue(container, flag);
    if (value === undefined) continue;
    return { enforces: value === 'false' ? 'no' : 'yes', evidence: [{ fact: `${flag}=${value}`, source }] };
  }
  return { enforces: otherwise };
}

function flagValue(container: Container, flag: string): string | undefined {
  for (const word of [...(container.command ?? []), ...(container.args ?? [])]) {
    if (word === flag) return 'true';
    if (word.startsWith(`${flag}=`)) return word.slice(flag.length + 1);
  }
  return undefined;
}

function containersOf(agents: readonly Agent[]): readonly { readonly source: string; readonly container: Container }[] {
  return agents.flatMap(({ source, containers }) => containers.map((container) => ({ source, container })));
}
