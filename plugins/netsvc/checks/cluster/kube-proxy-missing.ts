import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import type { Node } from '../../../../shared/model/objects.ts';
import type { PodSpec } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { formatRef, nameOf, refOf } from '../../../../shared/model/refs.ts';
import { bringsItsNetwork } from '../../../../shared/model/virtual-nodes.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { nodeFixes, nodeNeeds, takesNode } from '../pods/pending/node-needs.ts';
import { AGENTS, KUBE_PROXY, needsProxy } from './agent-sets.ts';
import { type Agent, agentOf, daemonSetsLike } from './system-pods.ts';

/** Programs that do the work of kube-proxy; with one of them in the cluster its absence is a choice. */
const REPLACEMENTS = /^(cilium|anetd|kube-router|ovnkube-node|antrea-agent|ovs-node|tigera)/;
const CALICO = /^calico-node/;

/** Calico does it with eBPF only; `non-calico` is how its manual keeps kube-proxy away then. */
function isReplaced(index: ClusterIndex, proxy: Workload): boolean {
  if (daemonSetsLike(index, REPLACEMENTS).length > 0) return true;
  const { nodeSelector = {} } = proxy.spec?.template?.spec ?? {};
  return daemonSetsLike(index, CALICO).some(
    ({ spec }) =>
      Object.keys(nodeSelector).every((key) => key === 'non-calico' || OS_LABEL.test(key)) ||
      (spec?.template?.spec?.containers ?? []).some(({ env = [] }) =>
        env.some(({ name, value = '' }) => name === 'FELIX_BPFENABLED' && /^(true|1|yes)$/i.test(value)),
      ),
  );
}

/** Nodes on which the DaemonSet kube-proxy puts no pod, while nothing else does its work. */
export const kubeProxyMissing = defineCheck<ServiceSubject>({
  id: 'netsvc/kube-proxy-missing',
  group: 'cluster',
  needs: [],
  uses: ['DaemonSet', 'Pod', 'Node'],
  applies: needsProxy,
  run: (_, { index, now }) => {
    const [set] = daemonSetsLike(index, KUBE_PROXY);
    if (set === undefined || isReplaced(index, set)) return [];
    const agent = agentOf(index, set, now);
    const whole = isWhollyRead(index, 'Node');
    const nodes = index.list('Node').length;
    const bare =
      nodes === 0
        ? agentsAlone(index, agent, now)
        : whole
          ? bareNodes(index, agent.nodes, agent.desired)
          : shutOut(index, set);
    const nowhere = nodes === 0 && set.status?.desiredNumberScheduled === 0;
    if (bare.length === 0 && !nowhere) return [];
    const everywhere = whole ? bare.length === nodes : agent.desired === 0;
    const spec = ownNeeds(set);
    const { wants } = nodeNeeds(index, spec);
    return [
      clusterMessages.SVC802.raise({
        subject: refOf(set, 'DaemonSet'),
        args: {
          where: everywhere ? 'every node' : joinNames(bare, 3),
          namespace: set.metadata?.namespace ?? '',
          set: nameOf(set),
          wants,
          fixes: isKeptFrom(index, spec, bare) ? nodeFixes(index, refOf(set, 'DaemonSet'), spec) : [],
        },
        severity: everywhere ? 'critical' : 'warning',
        confidence: 'likely',
        impact: nowhere ? 1 : bare.length / Math.max(1, nodes),
        evidence: [
          {
            fact: whole
              ? `desired on ${agent.desired} of ${plural(nodes, 'node')}`
              : `desired on ${plural(agent.desired, 'node')}`,
            source: `${formatRef(refOf(set, 'DaemonSet'))} status.desiredNumberScheduled`,
          },
          ...(wants === ''
            ? []
            : [
                {
                  fact: `wants nodes with ${wants}`,
                  source: `${formatRef(refOf(set, 'DaemonSet'))} spec.template.spec`,
                },
              ]),
        ],
      }),
    ];
  },
});

/** Ready Linux nodes without a pod of it; all of them when it is wanted nowhere. */
function bareNodes(index: ClusterIndex, covered: ReadonlySet<string> | undefined, desired: number): readonly string[] {
  const nodes = upNodes(index);
  if (covered !== undefined) return nodes.filter((node) => !covered.has(nameOf(node))).map(nameOf);
  return desired === 0 ? nodes.map(nameOf) : [];
}

/** Where no Node was read: nodes with a pod of the network plugin and none of it, which is wanted on fewer of them. */
function agentsAlone(index: ClusterIndex, { nodes: covered, desired }: Agent, now: number): readonly string[] {
  const others = daemonSetsLike(index, AGENTS).flatMap((set) => agentOf(index, set, now));
  return others.flatMap(({ nodes = new Set() }) =>
    covered !== undefined && desired < nodes.size ? [...nodes].filter((node) => !covered.has(node)) : [],
  );
}

const OS_LABEL = /^(beta\.)?kubernetes\.io\/os$/;

/** What it asks of its nodes, but for Linux, which is asked of the nodes themselves. */
function ownNeeds(set: Workload): PodSpec {
  const spec = set.spec?.template?.spec ?? {};
  const selector = Object.entries(spec.nodeSelector ?? {}).filter(([key]) => !OS_LABEL.test(key));
  return { ...spec, nodeSelector: Object.fromEntries(selector) };
}

/** Whether its own selector and affinity are what keeps it from these nodes, as far as they were read. */
function isKeptFrom(index: ClusterIndex, spec: PodSpec, names: readonly string[]): boolean {
  const nodes = index.list('Node').filter((node) => names.includes(nameOf(node)));
  return nodes.length > 0 && !nodes.some((node) => takesNode(spec, node));
}

/** Of the nodes that were read, those that the selector keeps it from; all of them when it is wanted nowhere. */
function shutOut(index: ClusterIndex, set: Workload): readonly string[] {
  const desired = set.status?.desiredNumberScheduled;
  if (desired === undefined || !isWhollyRead(index, 'DaemonSet')) return [];
  const spec = ownNeeds(set);
  return upNodes(index)
    .filter((node) => desired === 0 || !takesNode(spec, node))
    .map(nameOf);
}

/** Linux nodes that are not down and need a kube-proxy. */
function upNodes(index: ClusterIndex): readonly Node[] {
  const down = downNodes(index);
  return index.list('Node').filter((node) => isLinux(node) && !bringsItsNetwork(node) && !down.has(nameOf(node)));
}

/** kube-proxy of Windows nodes is a DaemonSet of its own. */
function isLinux({ metadata }: Node): boolean {
  return (metadata?.labels?.['kubernetes.io/os'] ?? 'linux') === 'linux';
}
