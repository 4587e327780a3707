/**
 * Which network plugins are here? Told from objects alone: agents (DaemonSets and their pods), annotations and
 * conditions of nodes, and the kubelet's version. The one place that knows what plugins look like; what follows from
 * it (enforcement of policies, encapsulation, addresses) is judged elsewhere.
 */

import type { Node } from './objects.ts';
import type { Container, Pod } from './objects-pod.ts';
import type { Workload } from './objects-workload.ts';

/** One observed fact and where it stands. */
export interface PluginEvidence {
  /** `agent calico-node`, `annotation flannel.alpha.coreos.com/backend-type`. */
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

/** How a plugin is recognised. */
export interface PluginSign {
  readonly name: PluginName;
  /** `network` gives pods their interface; `policy` only enforces; `meta` calls other plugins; `addresses` hands out addresses to others. */
  readonly role: 'network' | 'policy' | 'meta' | 'addresses';
  /** Names of DaemonSets, which are also the values of their usual labels. */
  readonly agents: readonly string[];
  /** Prefixes of node annotations. */
  readonly annotations: readonly string[];
  /** Reasons of the node condition NetworkUnavailable. */
  readonly conditions: readonly string[];
  /** Labels of nodes that only this plugin's machines have: a key, or `key=value`. */
  readonly labels?: readonly string[];
  /** Part of the kubelet's version, for distributions that run the plugin inside their own process. */
  readonly kubelet?: string;
}

export type PluginName =
  | 'Calico'
  | 'Canal'
  | 'Cilium'
  | 'Antrea'
  | 'Weave Net'
  | 'OVN-Kubernetes'
  | 'OpenShift SDN'
  | 'Kube-OVN'
  | 'kube-router'
  | 'kube-network-policies'
  | 'Azure NPM'
  | 'K3s'
  | 'kindnet'
  | 'AWS VPC CNI'
  | 'Terway'
  | 'OCI VCN-Native'
  | 'Flannel'
  | 'Azure CNI'
  | 'kubenet'
  | 'Multus'
  | 'Whereabouts';

/** In the order in which evidence reads best: those that do the most first. */
export const PLUGIN_SIGNS: readonly PluginSign[] = [
  sign('Calico', 'network', ['calico-node'], ['projectcalico.org/'], ['CalicoIsUp', 'CalicoIsDown']),
  sign('Canal', 'network', ['canal']),
  sign('Cilium', 'network', ['cilium', 'anetd'], ['network.cilium.io/', 'io.cilium.network'], ['CiliumIsUp']),
  sign('Antrea', 'network', ['antrea-agent'], ['node.antrea.io/']),
  sign('Weave Net', 'network', ['weave-net'], [], ['WeaveIsUp']),
  sign('OVN-Kubernetes', 'network', ['ovnkube-node'], ['k8s.ovn.org/']),
  sign('OpenShift SDN', 'network', ['sdn'], [], ['OpenShiftSDN']),
  sign('Kube-OVN', 'network', ['kube-ovn-cni'], ['ovn.kubernetes.io/']),
  sign('kube-router', 'network', ['kube-router'], ['kube-router.io/']),
  sign('kube-network-policies', 'policy', ['kube-network-policies']),
  sign('Azure NPM', 'policy', ['azure-npm']),
  // Its flannel leaves flannel's marks; what only K3s has is the policy controller in its own process.
  { ...sign('K3s', 'policy', [], ['k3s.io/node-args']), kubelet: '+k3s' },
  sign('kindnet', 'network', ['kindnet']),
  // Machines of EKS Auto Mode run it as a service of their own.
  { ...sign('AWS VPC CNI', 'network', ['aws-node']), labels: ['eks.amazonaws.com/compute-type=auto'] },
  sign('Terway', 'network', ['terway', 'terway-eni', 'terway-eniip']),
  sign('OCI VCN-Native', 'network', ['vcn-native-ip-cni']),
  sign(
    'Flannel',
    'network',
    ['kube-flannel-ds', 'kube-flannel', 'flannel'],
    ['flannel.alpha.coreos.com/'],
    ['FlannelIsUp'],
  ),
  { ...sign('Azure CNI', 'network', ['azure-cns']), labels: ['kubernetes.azure.com/podnetwork-type'] },
  // The cloud's route controller sets up routes for kubenet and for plain bridges, and nothing else.
  sign('kubenet', 'network', [], [], ['RouteCreated', 'NoRouteCreated']),
  sign('Multus', 'meta', ['kube-multus-ds', 'multus', 'multus-ds']),
  sign('Whereabouts', 'addresses', ['whereabouts']),
];

function sign(
  name: PluginName,
  role: PluginSign['role'],
  agents: readonly string[],
  annotations: readonly string[] = [],
  conditions: readonly string[] = [],
): PluginSign {
  return { name, role, agents, annotations, conditions };
}

/** Lists that were not read are left out. Whole-cluster lists of DaemonSets are best, nodes come next, then pods. */
export interface PluginFacts {
  readonly daemonSets?: readonly Workload[];
  readonly pods?: readonly Pod[];
  readonly nodes?: readonly Node[];
}

/** A plugin that was recognised. */
export interface Recognised {
  readonly sign: PluginSign;
  /** Its agents, DaemonSets first; empty when nodes alone speak for it. */
  readonly agents: readonly Agent[];
  readonly evidence: readonly PluginEvidence[];
}

/** Every plugin that the facts show, in the order of `PLUGIN_SIGNS`. */
export function recognisePlugins(facts: PluginFacts): readonly Recognised[] {
  const agents = agentsOf(facts);
  const nodes = facts.nodes ?? [];
  return PLUGIN_SIGNS.flatMap((entry) => recognise(entry, agents, nodes) ?? []);
}

function recognise(entry: PluginSign, all: readonly Agent[], nodes: readonly Node[]): Recognised | undefined {
  const agents = all.filter((agent) => entry.agents.some((name) => isAgent(agent, name)));
  const evidence: PluginEvidence[] = agents.slice(0, 1).map(({ source, name }) => ({ fact: `agent ${name}`, source }));
  for (const node of nodes) {
    const fact = nodeSign(entry, node);
    if (fact === undefined) continue;
    evidence.push({ fact, source: `Node ${node.metadata?.name ?? ''}` });
    break;
  }
  return evidence.length === 0 ? undefined : { sign: entry, agents, evidence };
}

/** What a node carries that only this plugin writes; undefined when nothing. */
function nodeSign(entry: PluginSign, { metadata, status }: Node): string | undefined {
  const annotation = Object.keys(metadata?.annotations ?? {}).find((key) =>
    entry.annotations.some((prefix) => key.startsWith(prefix)),
  );
  if (annotation !== undefined) return `annotation ${annotation}`;
  const condition = (status?.conditions ?? []).find(
    ({ type, reason }) => type === 'NetworkUnavailable' && entry.conditions.includes(reason ?? ''),
  );
  if (condition !== undefined) return `condition reason ${condition.reason ?? ''}`;
  const label = entry.labels?.find((wanted) => hasLabel(metadata?.labels, wanted));
  if (label !== undefined) return `label ${label}`;
  const version = status?.nodeInfo?.kubeletVersion ?? '';
  return entry.kubelet !== undefined && version.includes(entry.kubelet) ? `kubelet ${version}` : undefined;
}

function hasLabel(labels: Readonly<Record<string, string>> | undefined, wanted: string): boolean {
  const [key = '', value] = wanted.split('=');
  const own = labels?.[key];
  return own !== undefined && (value === undefined || own === value);
}

/** By name, with a distribution's prefix or a platform (`rke2-canal`, `kube-flannel-ds-amd64`), or by the usual labels. */
export function isAgent({ name, labels }: Pick<Agent, 'name' | 'labels'>, wanted: string): boolean {
  const plain = name.replace(/-(amd64|arm64|arm|ppc64le|s390x|windows[\w-]*)$/, '');
  if (plain === wanted || plain.endsWith(`-${wanted}`)) return true;
  return ['k8s-app', 'app', 'name', 'app.kubernetes.io/name'].some((key) => labels[key] === wanted);
}

function agentsOf({ daemonSets, pods }: PluginFacts): readonly Agent[] {
  const sets = (daemonSets ?? []).map((object): Agent => {
    const { name = '', namespace = '', labels } = object.metadata ?? {};
    const template = object.spec?.template;
    return {
      source: `DaemonSet ${namespace}/${name}`,
      name,
      labels: { ...labels, ...template?.metadata?.labels },
      containers: template?.spec?.containers ?? [],
    };
  });
  const agents = (pods ?? []).flatMap((pod): readonly Agent[] => {
    const owner = (pod.metadata?.ownerReferences ?? []).find(({ kind }) => kind === 'DaemonSet');
    if (owner === undefined) return [];
    const { name = '', namespace = '', labels = {} } = pod.metadata ?? {};
    const containers = pod.spec?.containers ?? [];
    return [{ source: `Pod ${namespace}/${name}`, name: owner.name ?? '', labels, containers }];
  });
  return [...sets, ...agents];
}
