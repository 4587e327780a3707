import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { isWhollyRead, readNamespaces } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import type { Report } from '../../../shared/report/report.ts';
import { joinNames, plural } from '../../../shared/util/text.ts';
import { type AgentGroup, agentGroups } from '../facts/agents.ts';
import { awsCapacity, instanceType } from '../facts/aws-limits.ts';
import { nodeFacts } from '../facts/nodes.ts';
import { HEALTH_FOLDER } from '../facts/proxy-health.ts';
import { unknownNetwork } from '../facts/unknown-network.ts';

/** Something that was not seen, and what could not be judged for it. */
export interface BlindSpot {
  readonly check: string;
  readonly reason: string;
  /** Without it nobody may call the network sound. */
  readonly essential: boolean;
}

/**
 * What of the network could not be looked at. Kinds that checks need and lack are told by the checks themselves.
 * Nodes with what their kubelets say, the pods, and the agents of the plugin are what "sound" is said of.
 */
export function blindSpots(index: ClusterIndex): readonly BlindSpot[] {
  return [
    ...nodeSpots(index),
    ...agentSpots(index),
    ...podSpots(index),
    ...proxySpots(index),
    ...limitSpots(index),
    ...routeSpots(index),
  ];
}

/** Why nothing sure can be said of one pod's network: nobody saw who gives it. Undefined where that was seen. */
export function agentsUnseen(index: ClusterIndex): string | undefined {
  return agentSpots(index).find(({ essential }) => essential)?.reason;
}

/** A report that found no fault where nobody saw what would have it. */
export function asUnseen(report: Report, reason: string | undefined): Report {
  if (report.verdict !== 'healthy' || reason === undefined) return report;
  const { notChecked } = report;
  return {
    ...report,
    verdict: 'unknown',
    headline: `could not tell: ${reason}`,
    notChecked: notChecked.some((one) => one.reason === reason)
      ? notChecked
      : [...notChecked, { check: 'agents', reason }],
  };
}

function nodeSpots(index: ClusterIndex): readonly BlindSpot[] {
  if (index.seen('Node').status !== 'ok') return [];
  const nodes = nodeFacts(index);
  if (nodes.length === 0) return [{ check: 'nodes', reason: 'there is no node', essential: true }];
  // A node that has just joined has not reported yet.
  const mute = nodes.filter(({ standing, fresh }) => standing === 'unreported' && !fresh);
  if (mute.length === 0) return [];
  const reason = `what kubelets say of ${plural(mute.length, 'node')} is not there (status.conditions)`;
  return [{ check: 'nodes', reason, essential: mute.length === nodes.length }];
}

function agentSpots(index: ClusterIndex): readonly BlindSpot[] {
  const spots: BlindSpot[] = [];
  const sets = index.seen('DaemonSet');
  const groups = agentGroups(index);
  // A plugin inside the kubelet's own process has no agents to look for.
  const inProcess = detectNetwork(index).primary?.alive === 'in-process';
  if (!groups.some(({ pods }) => pods.length > 0) && !inProcess && sets.status !== 'ok')
    spots.push({ check: 'agents', reason: sets.reason, essential: true });
  for (const group of groups) {
    if (group.podsRead || group.sets.length === 0) continue;
    const namespace = group.sets[0]?.metadata?.namespace ?? '';
    const { status, reason } = index.seen('Pod', namespace);
    if (status === 'ok' && isWhollyRead(index, 'Pod', namespace)) continue;
    const check = `pods of ${group.title}`;
    spots.push({ check, reason: `${reason} (namespace ${namespace})`, essential: !allReady(group) });
  }
  return spots;
}

/** Whether the DaemonSets themselves say that every pod of theirs is ready. */
function allReady({ sets }: AgentGroup): boolean {
  return sets.every(({ status }) => (status?.numberReady ?? 0) >= (status?.desiredNumberScheduled ?? 1));
}

function podSpots(index: ClusterIndex): readonly BlindSpot[] {
  const pods = index.seen('Pod');
  if (pods.status !== 'ok')
    return [{ check: 'pods and their addresses', reason: pods.reason, essential: !someAreServed(index) }];
  const events = index.seen('Event');
  return events.status === 'ok'
    ? []
    : [{ check: 'why pods wait for their network', reason: events.reason, essential: false }];
}

/** Of the agents every pod was read, and of some namespace those that have their network from them. */
function someAreServed(index: ClusterIndex): boolean {
  const agents = agentGroups(index).filter(({ role }) => role === 'network');
  if (agents.length === 0 || !agents.every(({ podsRead, pods }) => podsRead && pods.length > 0)) return false;
  return readNamespaces(index, 'Pod').some((namespace) =>
    index.list('Pod', namespace).some((pod) => pod.spec?.hostNetwork !== true && podAddresses(pod).length > 0),
  );
}

function proxySpots(index: ClusterIndex): readonly BlindSpot[] {
  const refused = index.tools(HEALTH_FOLDER).find(({ path }) => path === `${HEALTH_FOLDER}/refused.txt`);
  return refused === undefined
    ? []
    : [{ check: 'whether kube-proxies that look alive hang', reason: refused.text, essential: false }];
}

/** EC2 instances whose limits are not known here: their nodes may run out of addresses, and nobody would see it. */
function limitSpots(index: ClusterIndex): readonly BlindSpot[] {
  if (detectNetwork(index).primary?.name !== 'AWS VPC CNI') return [];
  const types = nodeFacts(index).flatMap(({ node, takesAgents }) =>
    takesAgents && awsCapacity(index, node) === undefined ? [instanceType(node)] : [],
  );
  if (types.length === 0) return [];
  const reason = `unknown instance type: ${joinNames([...new Set(types)], 4)} (${plural(types.length, 'node')})`;
  return [{ check: 'how many addresses nodes can have', reason, essential: false }];
}

/** Routes that nobody in the cluster writes are not to be seen in it. */
function routeSpots(index: ClusterIndex): readonly BlindSpot[] {
  if (unknownNetwork(index)?.byHand !== true || nodeFacts(index).length < 2) return [];
  const reason = 'no agent sets them: ip route of each node, given to kubectl netcni rules, proves them';
  return [{ check: 'routes between the nodes', reason, essential: false }];
}
