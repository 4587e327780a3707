import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import type { FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/** A new agent of the network plugin on a node, or on each of several, writes routes, links and tables anew. */
export function restartAgent(index: ClusterIndex, ...nodes: readonly (string | undefined)[]): readonly Fix[] {
  const { primary } = detectNetwork(index);
  const sets = primary?.sets ?? [];
  if (isInsideK3s(primary)) return [{ title: 'on the node: restart k3s, which flannel is a part of', ...K3S }];
  const wanted = new Set(nodes);
  const agents = index.list('Pod').filter((pod) => {
    const owner = pod.metadata?.ownerReferences?.find(({ kind }) => kind === 'DaemonSet')?.name;
    if (pod.spec?.nodeName === undefined || !wanted.has(pod.spec.nodeName)) return false;
    return sets.some((set) => nameOf(set) === owner && namespaceOf(set) === namespaceOf(pod));
  });
  const first = agents.find((pod) => pod.spec?.nodeName === nodes[0]) ?? agents[0];
  if (first === undefined) return [];
  const together = agents.filter((pod) => namespaceOf(pod) === namespaceOf(first)).map(nameOf);
  return [
    {
      title: 'see what the network agent last said',
      command: `kubectl logs ${nameOf(first)} -n ${namespaceOf(first)} --tail=30`,
      risk: 'none',
    },
    nodes.length === 1
      ? {
          title: 'start the network agent anew on the node',
          command: `kubectl delete pod ${nameOf(first)} -n ${namespaceOf(first)}`,
          risk: 'low',
        }
      : {
          title: 'start the network agents anew on these nodes',
          command: `kubectl delete pod ${together.join(' ')} -n ${namespaceOf(first)}`,
          risk: 'low',
        },
  ];
}

/** New agents of the network plugin on all nodes. */
export function restartAgents(index: ClusterIndex): readonly Fix[] {
  const { primary } = detectNetwork(index);
  if (isInsideK3s(primary)) return [{ title: 'on every node: restart k3s, which flannel is a part of', ...K3S }];
  return (primary?.sets ?? []).map(restartOf);
}

/** All pods of a DaemonSet anew. */
export function restartOf(set: Workload): Fix {
  return {
    title: 'start all of its agents anew',
    command: `kubectl rollout restart daemonset ${nameOf(set)} -n ${namespaceOf(set)}`,
    risk: 'low',
  };
}

const K3S = { command: 'systemctl restart k3s || systemctl restart k3s-agent', risk: 'low' } as const;

function isInsideK3s(plugin: FoundPlugin | undefined): boolean {
  return plugin?.alive === 'in-process' && plugin.name === 'Flannel';
}
