import type { ClusterIndex } from '../../model/cluster-index.ts';
import { isAgent } from '../../model/network-plugins.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { nameOf, namespaceOf } from '../../model/refs.ts';
import { configMaps, entryOf, flagTold, retold, some, yamlTold } from './config-text.ts';
import type { KubeProxySetup, Told } from './setup.ts';

/** kube-proxy, its mode and the range it takes for the pods'. */
export function kubeProxySetup(index: ClusterIndex): KubeProxySetup {
  const sets = index
    .list('DaemonSet')
    .filter((set) => isAgent({ name: nameOf(set), labels: set.metadata?.labels ?? {} }, 'kube-proxy'));
  const config =
    entryOf(configMaps(index, 'kube-proxy')[0], 'config.conf') ??
    entryOf(configMaps(index, 'kube-proxy-config')[0], 'config');
  const mode = flagTold(sets, '--proxy-mode') ?? yamlTold(config, 'mode') ?? defaultMode(config, sets);
  const range = flagTold(sets, '--cluster-cidr') ?? yamlTold(config, 'clusterCIDR');
  return {
    sets,
    ...some(
      'mode',
      retold(mode, (value) => (value === '' ? undefined : value)),
    ),
    ...some('clusterRange', range),
    ...some('elsewhere', sets.length > 0 ? undefined : elsewhere(index)),
  };
}

/** On Linux an empty mode is iptables (kube-proxy's --proxy-mode). */
function defaultMode(config: Told<string> | undefined, sets: readonly Workload[]): Told<string> | undefined {
  if (config !== undefined) return { value: 'iptables', source: `${config.source}: no mode is set` };
  const [set] = sets;
  // The configuration file of a set that names one was not read.
  if (set === undefined || flagTold(sets, '--config') !== undefined) return undefined;
  return { value: 'iptables', source: `DaemonSet ${namespaceOf(set)}/${nameOf(set)} has no --proxy-mode` };
}

/** kube-proxy that no DaemonSet stands for: a static pod, or a part of the distribution's own process. */
function elsewhere(index: ClusterIndex): Told<string> | undefined {
  const mirror = index
    .list('Pod', 'kube-system')
    .find(
      (pod) =>
        nameOf(pod).startsWith('kube-proxy-') && pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'Node'),
    );
  if (mirror !== undefined) return { value: 'static pods', source: `Pod kube-system/${nameOf(mirror)}` };
  for (const node of index.list('Node')) {
    const version = node.status?.nodeInfo?.kubeletVersion ?? '';
    const args = node.metadata?.annotations?.['k3s.io/node-args'] ?? '';
    if (version.includes('+k3s') && !args.includes('--disable-kube-proxy')) {
      return { value: 'inside the k3s process', source: `Node ${nameOf(node)} kubelet ${version}` };
    }
    if (node.metadata?.labels?.['microk8s.io/cluster'] === 'true') {
      return { value: 'inside the kubelite process', source: `Node ${nameOf(node)} label microk8s.io/cluster` };
    }
  }
  return undefined;
}
