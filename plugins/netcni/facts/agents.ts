import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { isAgent, PLUGIN_SIGNS } from '../../../shared/model/network-plugins.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../shared/model/owners.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { companionsOf } from './companions.ts';

/** One kind of agent that belongs on nodes: those of a network plugin, what runs beside them, or kube-proxy. */
export interface AgentGroup {
  /** `Calico`, `kube-proxy`. */
  readonly title: string;
  readonly role: 'network' | 'dataplane' | 'helper' | 'kube-proxy';
  readonly plugin: FoundPlugin | undefined;
  /** Several where there is one for each architecture or version of Linux. */
  readonly sets: readonly Workload[];
  readonly pods: readonly Pod[];
  /** Whether all pods of its namespaces were read, so that a node without one is proven. */
  readonly podsRead: boolean;
}

/** Every group of agents that was found, the network plugin's first. */
export function agentGroups(index: ClusterIndex): readonly AgentGroup[] {
  return index.memo('netcni/agent-groups', () => {
    const { plugins, primary, kubeProxy } = detectNetwork(index);
    const groups = [
      ...plugins
        .map((plugin) => groupOf(index, plugin, plugin === primary ? 'network' : 'helper'))
        .filter(({ sets, pods }) => sets.length > 0 || pods.length > 0),
      ...companionsOf(index).map(({ title, role, agent, sets }): AgentGroup => {
        const pods = podsOfSets(index, sets, title, [agent]);
        return { title, role, plugin: undefined, sets, pods, podsRead: allRead(index, sets, pods) };
      }),
    ];
    const owned = podsOfSets(index, kubeProxy.sets, 'kube-proxy', ['kube-proxy']);
    const proxies =
      kubeProxy.sets.length + owned.length > 0 ? owned : index.list('Pod', 'kube-system').filter(isStaticProxy);
    if (kubeProxy.sets.length === 0 && proxies.length === 0) return groups;
    const proxy: AgentGroup = {
      title: 'kube-proxy',
      role: 'kube-proxy',
      plugin: undefined,
      sets: kubeProxy.sets,
      pods: proxies,
      podsRead: allRead(index, kubeProxy.sets, proxies),
    };
    return [...groups, proxy];
  });
}

/** A mirror of the kube-proxy that a distribution such as RKE2 writes among the manifests of each node. */
export function isStaticProxy(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'Node' && nameOf(pod).startsWith('kube-proxy-');
}

function groupOf(index: ClusterIndex, plugin: FoundPlugin, role: AgentGroup['role']): AgentGroup {
  const names = PLUGIN_SIGNS.find(({ name }) => name === plugin.name)?.agents ?? [];
  const pods = podsOfSets(index, plugin.sets, plugin.name, names);
  return { title: plugin.title, role, plugin, sets: plugin.sets, pods, podsRead: allRead(index, plugin.sets, pods) };
}

/** Pods of the DaemonSets, or, where those were not read, of DaemonSets of these names. */
function podsOfSets(
  index: ClusterIndex,
  sets: readonly Workload[],
  title: string,
  names: readonly string[],
): readonly Pod[] {
  const byOwner = podsByDaemonSet(index);
  if (sets.length > 0) return sets.flatMap((set) => byOwner.get(`${namespaceOf(set)}/${nameOf(set)}`) ?? []);
  return index.memo(`netcni/agent-pods/${title}`, () =>
    [...byOwner].flatMap(([key, pods]) => {
      const owner = key.slice(key.indexOf('/') + 1);
      return names.some((name) => isAgent({ name: owner, labels: {} }, name)) ? pods : [];
    }),
  );
}

function allRead(index: ClusterIndex, sets: readonly Workload[], pods: readonly Pod[]): boolean {
  const namespaces = new Set([...sets.map(namespaceOf), ...pods.map(namespaceOf)]);
  return namespaces.size > 0 && [...namespaces].every((namespace) => isWhollyRead(index, 'Pod', namespace));
}

function podsByDaemonSet(index: ClusterIndex): ReadonlyMap<string, readonly Pod[]> {
  return index.memo('netcni/pods-by-daemon-set', () => {
    const map = new Map<string, Pod[]>();
    for (const pod of index.list('Pod')) {
      const owner = controllerOf(pod);
      if (owner?.kind !== 'DaemonSet' || isFinished(pod)) continue;
      const key = `${namespaceOf(pod)}/${owner.name ?? ''}`;
      const list = map.get(key);
      if (list === undefined) map.set(key, [pod]);
      else list.push(pod);
    }
    return map;
  });
}

/** The node of a DaemonSet's pod: where it is bound, or where its affinity says it must go while it is not. */
export function nodeOfAgent(pod: Pod): string {
  const bound = pod.spec?.nodeName;
  if (bound !== undefined && bound !== '') return bound;
  const text = JSON.stringify(pod.spec?.affinity ?? {});
  return /"metadata\.name","operator":"In","values":\["([^"]+)"\]/.exec(text)?.[1] ?? '';
}

/** `DaemonSet kube-system/calico-node`, or the plugin's name when none was read. */
export function formatGroup({ sets, pods, title }: AgentGroup): string {
  const [set] = sets;
  if (set !== undefined) return `DaemonSet ${namespaceOf(set)}/${nameOf(set)}`;
  const [pod] = pods;
  const owner = pod === undefined ? undefined : controllerOf(pod)?.name;
  return owner === undefined ? title : `DaemonSet ${namespaceOf(pod ?? {})}/${owner}`;
}

/** `calico-node=docker.io/calico/node:v3.28.1`, a line each; injected containers of others come after those of the agent. */
export function imagesOf(pod: Pod): string {
  return (pod.spec?.containers ?? []).map(({ name = '', image = '' }) => `${name}=${image}`).join('\n');
}
