import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { isAgent } from '../../../shared/model/network-plugins.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { nameOf } from '../../../shared/model/refs.ts';

/** What runs on each node beside the agent of the network plugin, and takes part in the network of pods. */
export interface Companion {
  readonly agent: string;
  readonly title: string;
  /** `dataplane`: without it no pod of the node has a network. `helper`: some do not. */
  readonly role: 'dataplane' | 'helper';
}

const COMPANIONS: readonly Companion[] = [
  { agent: 'ovs-ovn', title: 'Open vSwitch', role: 'dataplane' },
  { agent: 'ovs-node', title: 'Open vSwitch', role: 'dataplane' },
  { agent: 'cilium-envoy', title: 'Cilium Envoy', role: 'helper' },
  { agent: 'istio-cni-node', title: 'Istio CNI', role: 'helper' },
  { agent: 'ztunnel', title: 'Istio ztunnel', role: 'helper' },
  { agent: 'linkerd-cni', title: 'Linkerd CNI', role: 'helper' },
  { agent: 'spiderpool-agent', title: 'Spiderpool', role: 'helper' },
  { agent: 'netd', title: 'GKE netd', role: 'helper' },
  { agent: 'azure-ip-masq-agent', title: 'Azure ip-masq', role: 'helper' },
  { agent: 'ip-masq-agent', title: 'ip-masq', role: 'helper' },
];

/** Companions that have DaemonSets here: several where there is one for each architecture. */
export function companionsOf(index: ClusterIndex): readonly (Companion & { readonly sets: readonly Workload[] })[] {
  return COMPANIONS.flatMap((companion) => {
    const sets = index.list('DaemonSet').filter((set) => {
      const labels = { ...set.metadata?.labels, ...set.spec?.template?.metadata?.labels };
      return isAgent({ name: nameOf(set), labels }, companion.agent);
    });
    return sets.length === 0 ? [] : [{ ...companion, sets }];
  });
}
