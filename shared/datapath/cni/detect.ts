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
  const primary = givers.find(({ alive }) => alive !== 'leftover') ?? givers[0];
  const own = primary?.podRanges ?? [];
  const kubeProxy = kubeProxySetup(index);
  return {
    plugins: [...givers, ...plugins.filter((plugin) => !givers.includes(plugin))],
    primary,
    clash: clashOf(givers),
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

/** Flannel inside K3s: its nodes carry flannel's annotations, and the flag that switches it off is not given. */
function inProcess(index: ClusterIndex, name: PluginName): boolean {
  if (name === 'kubenet') return true;
  if (name !== 'Flannel') return false;
  return index.list('Node').some((node) => {
    const version = node.status?.nodeInfo?.kubeletVersion ?? '';
    const args = node.metadata?.annotations?.['k3s.io/node-args'] ?? '';
    return /\+k3s/.test(version) && !/flannel-backend["=,\s]+none/.test(args);
  });
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
    return name !== 'kubenet' || !found.some((other) => other.alive === 'agents' && other.name !== 'kubenet');
  });
}

function givesInterfaces({ chained, name }: FoundPlugin): boolean {
  return chained === undefined && PLUGIN_SIGNS.some((sign) => sign.name === name && sign.role === 'network');
}

/** Plugins that are known to share the work. */
const TOGETHER: readonly (readonly [PluginName, PluginName])[] = [
  // Azure CNI powered by Cilium, and Calico on Azure CNI: Azure hands out the addresses.
  ['Cilium', 'Azure CNI'],
  ['Calico', 'Azure CNI'],
  ['Cilium', 'Terway'],
  // Canal built by hand: Flannel for routes, Calico with host-local addresses.
  ['Calico', 'Flannel'],
];

function clashOf(givers: readonly FoundPlugin[]): readonly FoundPlugin[] {
  const living = givers.filter(({ alive, name }) => alive !== 'leftover' && name !== 'kubenet');
  const clashing = living.filter((one) => living.some((other) => other !== one && !goTogether(one, other)));
  return clashing.length > 1 ? clashing : [];
}

function goTogether(one: FoundPlugin, other: FoundPlugin): boolean {
  const pair = TOGETHER.find((names) => names.includes(one.name) && names.includes(other.name));
  if (pair === undefined) return false;
  const calico = [one, other].find(({ name }) => name === 'Calico');
  // Calico with blocks of its own beside Flannel means two who hand out addresses.
  return !pair.includes('Flannel') || calico?.ipam?.value === 'podCIDR';
}
