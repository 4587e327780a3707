import type { Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nodeFacts } from '../facts/nodes.ts';
import { unknownNetwork } from '../facts/unknown-network.ts';

/**
 * Where no agent writes the configuration of CNI: how to see that of a node, and of one that is ready beside it. Empty
 * where the cluster has a plugin that writes it, or where that is not known.
 */
export function configurationByHand(index: ClusterIndex, node: string): readonly Fix[] {
  const network = unknownNetwork(index);
  if (network === undefined || network.installer !== undefined) return [];
  const other = nodeFacts(index).find(({ name, standing }) => name !== node && standing === 'ready')?.name;
  return [
    show(`read the files of CNI on ${node}: no agent writes them, and the first by name is in force`, node),
    ...(other === undefined ? [] : [show(`beside those of ${other}, which is ready (its range is another)`, other)]),
  ];
}

function show(title: string, node: string): Fix {
  return {
    title,
    command: `kubectl debug node/${node} -it --image=busybox -- sh -c 'cd /host/etc/cni/net.d && ls -l && cat *'`,
    risk: 'low',
  };
}
