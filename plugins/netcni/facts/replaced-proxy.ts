import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import type { NodeDumps } from '../../../shared/datapath/dump-files.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';

/** Whether there are rules to judge of a node whose Services are kube-proxy's work. */
export function hasProxyRules(
  { rules }: Pick<NodeDumps, 'rules'>,
  { index }: { readonly index: ClusterIndex },
): boolean {
  return rules.length > 0 && proxyReplacement(index) === undefined;
}

/** The plugin that does the work of kube-proxy where no kube-proxy is left: rules of its names on a node are old ones. */
export function proxyReplacement(index: ClusterIndex): FoundPlugin | undefined {
  const { plugins, kubeProxy } = detectNetwork(index);
  if (kubeProxy.elsewhere !== undefined || !isWhollyRead(index, 'DaemonSet')) return undefined;
  if (kubeProxy.sets.some(({ status }) => status?.desiredNumberScheduled !== 0)) return undefined;
  return plugins.find(({ replacesKubeProxy, alive }) => replacesKubeProxy?.value === true && alive !== 'leftover');
}
