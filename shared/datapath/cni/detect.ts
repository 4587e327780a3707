/** What network a cluster has, from its objects alone: one answer for every plugin that asks. */

import { isWhollyRead } from '../../model/absence.ts';
import type { ClusterIndex } from '../../model/cluster-index.ts';
import {
  isAgent,
  PLUGIN_SIGNS,
  type PluginFacts,
  type PluginName,
  type Recognised,
  recognisePlugins,
} from '../../model/network-plugins.ts';
import type { Node } from '../../model/objects.ts';
import type { Pod } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf } from '../../model/refs.ts';
import { controllerPodRanges, serviceRanges } from './cluster-ranges.ts';
import { kubeProxySetup } from './kube-proxy.ts';
import { calicoSettings } from './settings-calico.ts';
import { ciliumSettings } from './settings-cilium.ts';
import { flannelSettings } from './settings-flannel.ts';
import { OTHER_SETTINGS } from './settings-others.ts';
import type { FoundPlugin, NetworkSetup, PluginSettings, Told } from './setup.ts';

/** The network of the cluster; computed once per index. */
export function detectNetwork(index: ClusterIndex): NetworkSetup {
  return index.memo('datapath/network', () => detect(index));
}

function detect(index: ClusterIndex): NetworkSetup {
  const sets = index.list('DaemonSet');
  const facts: PluginFacts = { daemonSets: sets, pods: oneOfEachSet(index.list('Pod')), nodes: index.list('Node') };
  const found = recognisePlugins(facts).map((one) => describe(index, one, sets));
  const plugins = withoutParts(found);
  const givers = plugins.filter(givesInterfaces);
  const primary = givers.find(isAtWork) ?? givers.find(({ alive }) => alive !== 'leftover') ?? givers[0];
  const own = primary?.podRanges ?? [];
  const kubeProxy = kubeProxySetup(index);
  return {
    plugins: [...givers, ...plugins.filter((plugin) => !givers.includes(plugin))],
    primary,
    clash: clashOf(index, givers),
    kubeProxy,
    podRanges:
      own.length > 0 ? own : primary?.ipam?.value === 'cloud' ? [] : rangesOfCluster(index, kubeProxy.clusterRange),
    serviceRanges: serviceRanges(index),
  };
}

function rangesOfCluster(index: ClusterIndex, proxy: Told<string> | undefined): readonly Told<string>[] {
  const own = controllerPodRanges(index);
  if (own.length > 0 || proxy === undefined) return own;
  return proxy.value.split(',').map((value) => ({ value: value.trim(), source: proxy.source }));
}

/** One pod of each DaemonSet is enough to know the set by, and clusters have very many. */
function oneOfEachSet(pods: readonly Pod[]): readonly Pod[] {
  const byOwner = new Map<string, Pod>();
  for (const pod of pods) {
    const owner = pod.metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name;
    if (owner === undefined) continue;
    const key = `${pod.metadata?.namespace ?? ''}/${owner}`;
    if (!byOwner.has(key)) byOwner.set(key, pod);
  }
  return [...byOwner.values()];
}

function describe(index: ClusterIndex, { sign, agents, evidence }: Recognised, all: readonly Workload[]): FoundPlugin {
  const sets = all.filter((set) => {
    const labels = { ...set.metadata?.labels, ...set.spec?.template?.metadata?.labels };
    return sign.agents.some((name) => isAgent({ name: nameOf(set), labels }, name));
  });
  const alive = aliveness(index, sign.name, sets, agents.length > 0);
  return {
    name: sign.name,
    title: titleOf(sign.name, sets, agents),
    evidence,
    sets,
    alive,
    ...settingsOf(index, sign.name, sets),
  };
}

function aliveness(
  index: ClusterIndex,
  name: PluginName,
  sets: readonly Workload[],
  seen: boolean,
): FoundPlugin['alive'] {
  if (sets.length > 0 ? sets.some((set) => set.status?.desiredNumberScheduled !== 0) : seen) return 'agents';
  if (inProcess(index, name)) return 'in-process';
  return isWhollyRead(index, 'DaemonSet') ? 'leftover' : 'unseen';
}

function titleOf(name: PluginName, sets: readonly Workload[], agents: Recognised['agents']): string {
  if (name !== 'Cilium') return name;
  return [...sets.map(nameOf), ...agents.map((agent) => agent.name)].includes('anetd') ? 'GKE Dataplane V2' : name;
}

/** What runs without agents: routes of a cloud, EKS Auto Mode, and Flannel inside K3s unless its servers switch it off. */
function inProcess(index: ClusterIndex, name: PluginName): boolean {
  if (name === 'kubenet') return true;
  const nodes = index.list('Node');
  if (name === 'AWS VPC CNI') {
    return nodes.some(({ metadata }) => metadata?.labels?.['eks.amazonaws.com/compute-type'] === 'auto');
  }
  if (name !== 'Flannel') return false;
  const argsOf = (node: Node): string => node.metadata?.annotations?.['k3s.io/node-args'] ?? '';
  // The flag is one of servers; those that only join take it from them, and their own words lack it.
  if (nodes.some((node) => /flannel-backend["=,\s]+none/.test(argsOf(node)))) return false;
  return nodes.some(({ status }) => /\+k3s/.test(status?.nodeInfo?.kubeletVersion ?? ''));
}

function settingsOf(index: ClusterIndex, name: PluginName, sets: readonly Workload[]): PluginSettings {
  switch (name) {
    case 'Calico':
      return calicoSettings(index, sets);
    case 'Cilium':
      return ciliumSettings(index, sets);
    case 'Flannel':
      return flannelSettings(index, sets);
    case 'Canal':
      return { ...flannelSettings(index, sets), ...versionOfCanal(index, sets) };
    default:
      return OTHER_SETTINGS[name]?.(index, sets) ?? { encapsulations: [], podRanges: [] };
  }
}

function versionOfCanal(index: ClusterIndex, sets: readonly Workload[]): Pick<PluginSettings, 'version'> {
  const { version } = calicoSettings(index, sets);
  return version === undefined ? {} : { version };
}

/** Canal is Flannel and Calico in one pod; both also leave their marks on nodes. */
function withoutParts(found: readonly FoundPlugin[]): readonly FoundPlugin[] {
  const canal = found.some(({ name, alive }) => name === 'Canal' && alive === 'agents');
  return found.filter(({ name, alive }) => {
    if (name === 'K3s') return false;
    if (canal && (name === 'Flannel' || name === 'Calico') && alive !== 'agents') return false;
    // Routes of the cloud go along with any plugin, and are a plugin of their own only where there is no other.
    return name !== 'kubenet' || !found.some((other) => other.alive === 'agents' && givesInterfaces(other));
  });
}

/** Whether a plugin gives pods their interface, and does not only enforce or stand before another. */
export function givesInterfaces({ chained, name }: FoundPlugin): boolean {
  return chained === undefined && PLUGIN_SIGNS.some((sign) => sign.name === name && sign.role === 'network');
}

function isAtWork({ alive }: FoundPlugin): boolean {
  return alive === 'agents' || alive === 'in-process';
}

/** Plugins that are known to share the work. */
const TOGETHER: readonly (readonly [PluginName, PluginName])[] = [
  // Azure CNI powered by Cilium, and Calico on Azure CNI: Azure hands out the addresses.
  ['Cilium', 'Azure CNI'],
  ['Calico', 'Azure CNI'],
  ['Cilium', 'Terway'],
  // The operator of OpenShift runs both while it moves a cluster from one to the other, and at no other time.
  ['OVN-Kubernetes', 'OpenShift SDN'],
  // Canal built by hand: Flannel for routes, Calico with host-local addresses.
  ['Calico', 'Flannel'],
];

function clashOf(index: ClusterIndex, givers: readonly FoundPlugin[]): readonly FoundPlugin[] {
  const living = givers.filter((one) => isAtWork(one) && one.name !== 'kubenet');
  const clashing = living.filter((one) =>
    living.some((other) => other !== one && !goTogether(one, other) && meet(index, one, other)),
  );
  return clashing.length > 1 ? clashing : [];
}

/** Each may have nodes of its own, such as EKS Hybrid Nodes beside machines of AWS. Without pods, numbers tell. */
function meet(index: ClusterIndex, one: FoundPlugin, other: FoundPlugin): boolean {
  const [some, others] = [nodesOf(index, one), nodesOf(index, other)];
  if (some.size > 0 && others.size > 0) return [...some].some((node) => others.has(node));
  const wanted = [...one.sets, ...other.sets].map(({ status }) => status?.desiredNumberScheduled ?? Infinity);
  return wanted.length === 0 || wanted.reduce((sum, count) => sum + count, 0) > index.list('Node').length;
}

function nodesOf(index: ClusterIndex, { name }: FoundPlugin): ReadonlySet<string> {
  const agents = PLUGIN_SIGNS.find((entry) => entry.name === name)?.agents ?? [];
  const nodes = index.list('Pod').flatMap(({ metadata, spec }) => {
    const owner = metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name;
    if (owner === undefined) return [];
    const pod = { name: owner, labels: metadata?.labels ?? {} };
    return agents.some((wanted) => isAgent(pod, wanted)) ? (spec?.nodeName ?? []) : [];
  });
  return new Set(nodes);
}

function goTogether(one: FoundPlugin, other: FoundPlugin): boolean {
  const pair = TOGETHER.find((names) => names.includes(one.name) && names.includes(other.name));
  if (pair === undefined) return false;
  const calico = [one, other].find(({ name }) => name === 'Calico');
  // Calico with blocks of its own beside Flannel means two who hand out addresses.
  return !pair.includes('Flannel') || calico?.ipam?.value === 'podCIDR';
}
