import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { KubeObject, LabelSelector } from '../../shared/model/objects.ts';
import { nameOf } from '../../shared/model/refs.ts';
import { matchLabels } from '../../shared/policy/rules/labels.ts';
import type { NamespaceUnit } from '../../shared/policy/rules/units.ts';

/** What is read of a ClusterNetworkConnect (OVN-Kubernetes, "Connecting User Defined Networks"). */
interface NetworkConnect extends KubeObject {
  readonly spec?: {
    readonly connectivity?: readonly string[];
    readonly networkSelectors?: readonly {
      readonly clusterUserDefinedNetworkSelector?: { readonly networkSelector?: LabelSelector };
      readonly primaryUserDefinedNetworkSelector?: { readonly namespaceSelector?: LabelSelector };
    }[];
  };
}

/** A namespace on a network of its own, and which; undefined where no object that was seen says it. */
export interface Placed extends NamespaceUnit {
  readonly network: string | undefined;
}

/** The name of the network of a ClusterUserDefinedNetwork, as the definitions that are made from it have it. */
export function clusterKey(name: string): string {
  return `cluster_udn_${name}`;
}

/**
 * For what the networks of two namespaces are connected: the pods of one reach those of the other, or their Services alone
 * (`connectivity` without PodNetwork). Unknown where what connects networks could not be read.
 */
export function connectedBy(
  index: ClusterIndex,
  one: Placed,
  other: Placed,
): 'pods' | 'services' | 'nothing' | 'unknown' {
  const { status } = index.seen('ClusterNetworkConnect');
  let found: ReturnType<typeof connectedBy> = status === 'forbidden' || status === 'failed' ? 'unknown' : 'nothing';
  for (const connect of index.list('ClusterNetworkConnect') as readonly NetworkConnect[]) {
    if (!isSelected(index, connect, one) || !isSelected(index, connect, other)) continue;
    if (connect.spec?.connectivity?.includes('PodNetwork') === true) return 'pods';
    found = 'services';
  }
  return found;
}

function isSelected(index: ClusterIndex, { spec }: NetworkConnect, { labels, network }: Placed): boolean {
  return (spec?.networkSelectors ?? []).some((entry) => {
    const networks = entry.clusterUserDefinedNetworkSelector?.networkSelector;
    const namespaces = entry.primaryUserDefinedNetworkSelector?.namespaceSelector;
    if (namespaces !== undefined) return matchLabels(namespaces, labels) === 'yes';
    const of = index.list('ClusterUserDefinedNetwork').find((object) => clusterKey(nameOf(object)) === network);
    if (networks === undefined || of === undefined) return false;
    return matchLabels(networks, { labels: of.metadata?.labels ?? {}, complete: true }) === 'yes';
  });
}
