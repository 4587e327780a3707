import { sandboxCause } from '../../../shared/datapath/cni/sandbox-cause.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { PluginName } from '../../../shared/model/network-plugins.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { topOwner } from '../../../shared/model/owners.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { sicknessOf } from '../../../shared/model/sick-pods.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';
import { logCause } from './log-causes.ts';
import { CONTROLLER_UNREACHABLE, DEFINITIONS_MISSING, TYPHA_UNREACHABLE } from './log-rows.ts';
import { nodeFacts } from './nodes.ts';
import { troubledPods } from './troubled-pods.ts';

/** A Deployment that a network plugin has beside its agents. */
export interface Controller {
  readonly name: RegExp;
  readonly title: PluginName;
  /** What stands still while it is down. */
  readonly does: string;
  /** Nodes that show in their own words or objects that they wait for it. */
  readonly waiting?: (index: ClusterIndex) => readonly string[];
}

const CONTROLLERS: readonly Controller[] = [
  {
    name: /^calico-kube-controllers$/,
    title: 'Calico',
    does: 'addresses of pods and nodes that are gone are not cleaned up',
  },
  {
    name: /^calico-typha$/,
    title: 'Calico',
    does: 'agents that connect through Typha learn nothing new',
    waiting: (index) => agentsThatSay(index, TYPHA_UNREACHABLE),
  },
  {
    name: /^tigera-operator$/,
    title: 'Calico',
    does: 'changes of the Installation are not carried out',
    waiting: (index) => (hasAgents(index) ? [] : nodesWithoutNetwork(index)),
  },
  { name: /^calico-apiserver$/, title: 'Calico', does: 'objects of projectcalico.org/v3 cannot be read or written' },
  {
    name: /^cilium-operator(-generic|-aws|-azure|-alibabacloud)?$/,
    title: 'Cilium',
    does: 'nodes get no new address ranges, and stale endpoints stay',
    waiting: (index) => [
      ...agentsThatSay(index, DEFINITIONS_MISSING),
      ...withoutCiliumRange(index),
      ...podsThatSay(index, /identity|no IPs currently available/),
    ],
  },
  {
    name: /^antrea-controller$/,
    title: 'Antrea',
    does: 'new policies reach no agent',
    waiting: (index) => [...agentsThatSay(index, CONTROLLER_UNREACHABLE), ...withoutAntreaController(index)],
  },
  {
    name: /^(ovnkube-control-plane|ovnkube-master|ovnkube-db)$/,
    title: 'OVN-Kubernetes',
    does: 'new nodes get no range, and new pods on some layouts no port',
    waiting: withoutOvnSubnet,
  },
  {
    name: /^(kube-ovn-controller|ovn-central)$/,
    title: 'Kube-OVN',
    does: 'new pods get no address',
    waiting: (index) => podsThatSay(index, /kube-ovn-controller/),
  },
];

/** A controller without a replica at work, and its pods that are sick. */
export interface DownController {
  readonly controller: Controller;
  readonly deployment: Workload;
  readonly pods: readonly Pod[];
}

/** Controllers of network plugins that have no replica at work. */
export function downControllers(index: ClusterIndex): readonly DownController[] {
  return index.memo('netcni/down-controllers', () =>
    index.list('Deployment').flatMap((deployment): readonly DownController[] => {
      const controller = CONTROLLERS.find(({ name }) => name.test(nameOf(deployment)));
      const { status, spec } = deployment;
      if (controller === undefined || status === undefined || spec?.replicas === 0) return [];
      if ((status.availableReplicas ?? 0) > 0) return [];
      const pods = podsOf(index, deployment).filter((pod) => sicknessOf(index, pod, index.now) !== undefined);
      // A Deployment that has just been rolled out has no available replica either.
      const young = index.now - Date.parse(deployment.metadata?.creationTimestamp ?? '') < 120_000;
      return pods.length === 0 && young ? [] : [{ controller, deployment, pods }];
    }),
  );
}

function podsOf(index: ClusterIndex, deployment: Workload): readonly Pod[] {
  return index.list('Pod', namespaceOf(deployment)).filter((pod) => {
    const owner = topOwner(index, pod);
    return owner?.kind === 'Deployment' && owner.name === nameOf(deployment);
  });
}

/** Nodes whose agent is sick and says this. */
function agentsThatSay(index: ClusterIndex, meaning: string): readonly string[] {
  return agentGroups(index)
    .flatMap(({ pods }) => pods)
    .filter((pod) => sicknessOf(index, pod, index.now) !== undefined && logCause(index, pod)?.meaning === meaning)
    .map(nodeOfAgent);
}

/** Nodes on which pods wait, and what the plugin says of them means this. */
function podsThatSay(index: ClusterIndex, pattern: RegExp): readonly string[] {
  return troubledPods(index)
    .filter(({ message }) => pattern.test(`${sandboxCause(message).meaning} ${message}`))
    .map(({ node }) => node);
}

function hasAgents(index: ClusterIndex): boolean {
  return agentGroups(index).some(({ role }) => role === 'network');
}

function nodesWithoutNetwork(index: ClusterIndex): readonly string[] {
  return nodeFacts(index)
    .filter(({ standing }) => standing === 'no-network')
    .map(({ name }) => name);
}

/** Nodes that registered with Cilium and were given nothing by its operator. */
function withoutCiliumRange(index: ClusterIndex): readonly string[] {
  const ranged = index.list('CiliumNode').filter(({ spec }) => (spec?.ipam?.podCIDRs ?? []).length > 0);
  if (ranged.length === 0) return [];
  return index
    .list('CiliumNode')
    .filter((node) => !ranged.includes(node))
    .map(nameOf);
}

function withoutAntreaController(index: ClusterIndex): readonly string[] {
  return index.list('AntreaAgentInfo').flatMap((info) => {
    const bad = (info.agentConditions ?? []).filter(({ status }) => status !== 'True');
    const alone = bad.length > 0 && bad.every(({ type }) => type === 'ControllerConnectionUp');
    return alone ? [info.nodeRef?.name ?? nameOf(info)] : [];
  });
}

/** Nodes without the annotation that OVN's control plane writes, where others have it. */
export function withoutOvnSubnet(index: ClusterIndex): readonly string[] {
  const nodes = nodeFacts(index).filter(
    ({ takesAgents, fresh, standing }) => takesAgents && !fresh && standing !== 'silent' && standing !== 'broken',
  );
  const bare = nodes.filter(({ node }) => node.metadata?.annotations?.['k8s.ovn.org/node-subnets'] === undefined);
  // Where no node has it, annotations were left out of what was read.
  return bare.length === nodes.length ? [] : bare.map(({ name }) => name);
}
