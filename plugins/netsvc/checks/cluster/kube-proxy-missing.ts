import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { KUBE_PROXY, needsProxy } from './agent-sets.ts';
import { agentOf, daemonSetsLike, downNodes } from './system-pods.ts';

/** Programs that do the work of kube-proxy; with one of them in the cluster its absence is a choice. */
const REPLACEMENTS = /^(cilium|anetd|calico-node|kube-router|ovnkube-node|antrea-agent|ovs-node|tigera)/;

/** Nodes on which the DaemonSet kube-proxy puts no pod, while nothing else does its work. */
export const kubeProxyMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/kube-proxy-missing',
  group: 'cluster',
  needs: [],
  uses: ['DaemonSet', 'Pod', 'Node'],
  applies: needsProxy,
  run: (_, { index, now }) => {
    const [set] = daemonSetsLike(index, KUBE_PROXY);
    if (set === undefined || !isWhollyRead(index, 'Node')) return [];
    if (daemonSetsLike(index, REPLACEMENTS).length > 0) return [];
    const agent = agentOf(index, set, now);
    const bare = bareNodes(index, agent.nodes, agent.desired);
    if (bare.length === 0) return [];
    const selector = set.spec?.template?.spec?.nodeSelector ?? {};
    return [
      clusterMessages.SVC802.raise({
        subject: refOf(set, 'DaemonSet'),
        args: {
          where: bare.length === index.list('Node').length ? 'every node' : joinNames(bare, 3),
          namespace: set.metadata?.namespace ?? '',
          set: nameOf(set),
          selector: Object.entries(selector)
            .map(([key, value]) => `${key}=${value}`)
            .join(','),
        },
        severity: bare.length === index.list('Node').length ? 'critical' : 'warning',
        confidence: 'likely',
        impact: bare.length / Math.max(1, index.list('Node').length),
        evidence: [
          {
            fact: `desired on ${agent.desired} of ${plural(index.list('Node').length, 'node')}`,
            source: `${formatRef(refOf(set, 'DaemonSet'))} status.desiredNumberScheduled`,
          },
          ...(Object.keys(selector).length === 0
            ? []
            : [
                {
                  fact: `nodeSelector ${Object.entries(selector).map(([k, v]) => `${k}=${v}`)}`,
                  source: `${formatRef(refOf(set, 'DaemonSet'))} spec.template.spec.nodeSelector`,
                },
              ]),
        ],
      }),
    ];
  },
});

/** Ready Linux nodes without a pod of it; all of them when it is wanted nowhere. */
function bareNodes(index: ClusterIndex, covered: ReadonlySet<string> | undefined, desired: number): readonly string[] {
  const down = downNodes(index);
  const nodes = index.list('Node').filter((node) => isLinux(node) && !down.has(nameOf(node)));
  if (covered !== undefined) return nodes.filter((node) => !covered.has(nameOf(node))).map(nameOf);
  return desired === 0 ? nodes.map(nameOf) : [];
}

/** kube-proxy of Windows nodes is a DaemonSet of its own; virtual nodes run no agents at all. */
function isLinux(node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  return (labels['kubernetes.io/os'] ?? 'linux') === 'linux' && labels.type !== 'virtual-kubelet';
}
