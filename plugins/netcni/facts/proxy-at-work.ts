import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { controllerOf } from '../../../shared/model/owners.ts';
import { sicknessOf } from '../../../shared/model/sick-pods.ts';
import { inRange, parseAddress, parseCidr } from '../../../shared/util/addresses.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';

/** Key of a finding about kube-proxy on a node: no other agent of that node is what stops it. */
export function proxyKey(node: string): string {
  return `proxy/${node}`;
}

/** Whether it is known that nobody keeps the rules for Services on a node: kube-proxy does not work there, or is not there. */
export function lacksProxy(index: ClusterIndex, node: string): boolean {
  const { plugins, kubeProxy } = detectNetwork(index);
  if (plugins.some(({ replacesKubeProxy, alive }) => replacesKubeProxy?.value === true && alive !== 'leftover'))
    return false;
  const group = agentGroups(index).find(({ role }) => role === 'kube-proxy');
  if (group === undefined) return kubeProxy.elsewhere === undefined && proxyWouldShow(index);
  const pod = group.pods.find((one) => nodeOfAgent(one) === node);
  return pod === undefined ? group.podsRead : sicknessOf(index, pod, index.now) !== undefined;
}

/**
 * Whether enough was read to see a kube-proxy: DaemonSets of all namespaces and the pods of kube-system; where its
 * settings stand in kube-system it belongs there too, and the pods of that namespace alone prove that it is gone.
 */
export function proxyWouldShow(index: ClusterIndex): boolean {
  if (!isWhollyRead(index, 'Pod', 'kube-system')) return false;
  if (isWhollyRead(index, 'DaemonSet')) return true;
  // A list of pods with one label only, such as those of the DNS servers, holds none that nodes or DaemonSets made.
  const pods = index.list('Pod', 'kube-system').map((pod) => controllerOf(pod)?.kind ?? '');
  return index.get('ConfigMap', 'kube-system', 'kube-proxy') !== undefined && pods.some((kind) => OF_NODES.has(kind));
}

const OF_NODES: ReadonlySet<string> = new Set(['DaemonSet', 'Node']);

/** Ranges that installers give Services unless they are told otherwise: kubeadm, K3s, OpenShift, EKS. */
const USUAL = ['10.96.0.0/12', '10.43.0.0/16', '172.30.0.0/16', '172.20.0.0/16', '10.100.0.0/16'];

/** Whether a line speaks of the API server by its ClusterIP, which only works where somebody serves Services. */
export function asksByClusterIp(index: ClusterIndex, line: string): boolean {
  const own = detectNetwork(index).serviceRanges.map(({ value }) => value);
  const ranges = (own.length > 0 ? own : USUAL).flatMap((text) => parseCidr(text) ?? []);
  const named = line.match(/(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):443\b/g) ?? [];
  return named.some((text) => {
    const address = parseAddress(text.replace(/:443$/, '').replace(/[[\]]/g, ''));
    return address !== undefined && ranges.some((range) => inRange(range, address));
  });
}
