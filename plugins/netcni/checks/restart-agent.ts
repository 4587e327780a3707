import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/** A new agent of the network plugin on a node writes routes, links and tables anew. */
export function restartAgent(index: ClusterIndex, node: string | undefined): readonly Fix[] {
  const { primary } = detectNetwork(index);
  const sets = primary?.sets ?? [];
  if (primary?.alive === 'in-process' && primary.name === 'Flannel') {
    const command = 'systemctl restart k3s || systemctl restart k3s-agent';
    return [{ title: 'on the node: restart k3s, which flannel is a part of', command, risk: 'low' }];
  }
  for (const pod of index.list('Pod')) {
    const owner = pod.metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name;
    if (pod.spec?.nodeName !== node || node === undefined) continue;
    if (!sets.some((set) => nameOf(set) === owner && namespaceOf(set) === namespaceOf(pod))) continue;
    return [
      {
        title: 'see what the network agent last said',
        command: `kubectl logs ${nameOf(pod)} -n ${namespaceOf(pod)} --tail=30`,
        risk: 'none',
      },
      {
        title: 'start the network agent anew on the node',
        command: `kubectl delete pod ${nameOf(pod)} -n ${namespaceOf(pod)}`,
        risk: 'low',
      },
    ];
  }
  return [];
}
