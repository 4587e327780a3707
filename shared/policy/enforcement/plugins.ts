import type { Agent, PluginEvidence, PluginName } from '../../model/network-plugins.ts';
import type { Node } from '../../model/objects.ts';
import type { Container } from '../../model/objects-pod.ts';
import type { PluginTraits } from '../rules/match.ts';

/** Whether a plugin enforces NetworkPolicy, and how. */
export interface PluginEnforcement {
  readonly enforces: 'yes' | 'no' | 'unknown';
  /** Where it depends on settings. */
  readonly judge?: (agents: readonly Agent[], nodes: readonly Node[]) => Judged;
  readonly traits?: PluginTraits;
}

export interface Judged {
  readonly enforces: 'yes' | 'no' | 'unknown';
  readonly evidence?: readonly PluginEvidence[];
}

const HOST_AS_NODE: PluginTraits = { hostNetwork: 'asNodes', blocksMatchPods: true };

/** By plugin. Those without an entry have nothing to do with policies. */
export const ENFORCEMENT: { readonly [Name in PluginName]?: PluginEnforcement } = {
  Calico: { enforces: 'yes', traits: HOST_AS_NODE },
  Canal: { enforces: 'yes', traits: HOST_AS_NODE },
  // Cilium, "Layer 3 policies": CIDR rules do not apply to endpoints that Cilium manages.
  Cilium: { enforces: 'yes', judge: judgeCilium, traits: { hostNetwork: 'asNodes', blocksMatchPods: false } },
  Antrea: { enforces: 'yes' },
  'Weave Net': { enforces: 'yes', judge: judgeWeave },
  'OVN-Kubernetes': { enforces: 'yes', traits: HOST_AS_NODE },
  // Its default mode "networkpolicy"; the modes "subnet" and "multitenant" do not.
  'OpenShift SDN': { enforces: 'unknown' },
  'Kube-OVN': { enforces: 'yes' },
  'kube-router': { enforces: 'yes', judge: (agents) => judgeFlag(agents, '--run-firewall', 'yes') },
  'kube-network-policies': { enforces: 'yes' },
  'Azure NPM': { enforces: 'yes' },
  K3s: { enforces: 'yes', judge: judgeK3s },
  kindnet: { enforces: 'unknown', judge: judgeKindnet },
  'AWS VPC CNI': { enforces: 'unknown', judge: judgeAws },
  Terway: { enforces: 'unknown' },
  'OCI VCN-Native': { enforces: 'unknown' },
  Flannel: { enforces: 'no' },
  'Azure CNI': { enforces: 'no' },
  kubenet: { enforces: 'unknown' },
};

/** The same as a list, for whoever names plugins. */
export const PLUGINS: readonly (PluginEnforcement & { readonly name: string })[] = Object.entries(ENFORCEMENT).map(
  ([name, known]) => ({ ...known, name }),
);

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
