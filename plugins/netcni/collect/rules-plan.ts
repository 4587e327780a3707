import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { KindName } from '../../../shared/model/kinds.ts';

/** What dumps of nodes are held against. */
const KINDS: readonly KindName[] = ['Pod', 'Service', 'EndpointSlice', 'Node', 'DaemonSet'];

/** Settings of kube-proxy and Flannel, where they usually are. */
const CONFIGS: readonly (readonly [string, string])[] = [
  ['kube-system', 'kube-proxy'],
  ['kube-system', 'kube-flannel-cfg'],
  ['kube-flannel', 'kube-flannel-cfg'],
  ['kube-system', 'canal-config'],
];

/** Reads them of a whole cluster. */
export async function rulesPlan(gatherer: Gatherer): Promise<void> {
  await Promise.all([
    ...KINDS.map((kind) => gatherer.list(kind)),
    ...CONFIGS.map(([namespace, name]) => gatherer.get('ConfigMap', namespace, name)),
  ]);
}
