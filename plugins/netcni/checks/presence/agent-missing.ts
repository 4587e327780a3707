import { detectNetwork, givesInterfaces } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type AgentGroup, agentGroups, formatGroup, isStaticProxy, nodeOfAgent } from '../../facts/agents.ts';
import { isDown, type NodeFacts, nodeFacts } from '../../facts/nodes.ts';
import { keptAway } from '../../facts/placement.ts';
import { proxyKey } from '../../facts/proxy-at-work.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { nodeWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

/** Nodes on which no agent of the network plugin, or no kube-proxy, is to be found. */
export const agentMissing = defineCheck<ClusterSubject>({
  id: 'netcni/agent-missing',
  group: 'agents',
  needs: ['Node'],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index }) =>
    agentGroups(index)
      .filter((group) => (group.sets.length > 0 || isStatic(group)) && group.role !== 'helper')
      .filter(({ plugin }) => plugin?.alive !== 'in-process')
      .filter(({ role }) => role !== 'kube-proxy' || !isReplaced(index))
      .flatMap((group) => missing(index, group)),
});

/** Whether a plugin does the work of kube-proxy: a DaemonSet that is left then goes nowhere on purpose. */
function isReplaced(index: ClusterIndex): boolean {
  return detectNetwork(index).plugins.some(
    ({ replacesKubeProxy, alive }) => replacesKubeProxy?.value === true && alive !== 'leftover',
  );
}

/** Manifests on the nodes, and no DaemonSet. */
function isStatic({ role, sets, pods }: AgentGroup): boolean {
  return role === 'kube-proxy' && sets.length === 0 && pods.some(isStaticProxy);
}

function missing(index: ClusterIndex, group: AgentGroup): readonly Finding[] {
  const candidates = nodeFacts(index).filter((node) => node.takesAgents && !node.fresh && !isDown(node));
  const bare = group.podsRead ? withoutPod(index, group, candidates) : wantedNowhere(group, candidates);
  const byWhy = new Map<string, NodeFacts[]>();
  for (const node of bare) {
    const why = whyNot(index, group, node);
    byWhy.set(why, [...(byWhy.get(why) ?? []), node]);
  }
  return [...byWhy].map(([why, nodes]) => raise(group, why, nodes, candidates.length));
}

/** Some nodes may rightly have a network plugin of their own, such as EKS Hybrid Nodes. */
function withoutPod(index: ClusterIndex, group: AgentGroup, candidates: readonly NodeFacts[]): readonly NodeFacts[] {
  const groups = group.role === 'network' ? agentGroups(index).filter(givesNetwork) : [group];
  const served = new Set(groups.flatMap(({ pods }) => pods.map(nodeOfAgent)));
  return candidates.filter(({ name }) => !served.has(name));
}

function givesNetwork({ plugin }: AgentGroup): boolean {
  return plugin !== undefined && givesInterfaces(plugin);
}

/** Without its pods only a DaemonSet that wants no node at all is proof. */
function wantedNowhere({ sets }: AgentGroup, candidates: readonly NodeFacts[]): readonly NodeFacts[] {
  return sets.every(({ status }) => status?.desiredNumberScheduled === 0) ? candidates : [];
}

/** The reason of the set that comes nearest: one for Linux rather than one for Windows. */
function whyNot(index: ClusterIndex, group: AgentGroup, { node, name }: NodeFacts): string {
  const { sets } = group;
  if (isStatic(group)) return NO_MANIFEST;
  if (group.role === 'network' && node.metadata?.labels?.['eks.amazonaws.com/compute-type'] === 'hybrid') return HYBRID;
  const reasons = sets.map((set) => keptAway(node, set.spec?.template?.spec));
  if (reasons.includes(undefined)) return noneMade(index, sets) ?? endedOn(index, sets, name) ?? FITS;
  return (
    reasons.find((reason) => reason !== undefined && !/kubernetes\.io\/os=windows/.test(reason)) ?? reasons[0] ?? FITS
  );
}

/** AWS's own plugin keeps away from machines outside of AWS on purpose. */
const HYBRID = 'EKS Hybrid Nodes are for Cilium or Calico, and neither has an agent there';
const NO_MANIFEST = 'the other nodes run it as a static pod, and this one does not';
const FITS = 'nothing keeps it away, but no pod of it is there';

/** The API server takes no pod of it: Pod Security, a quota, a webhook. */
function noneMade(index: ClusterIndex, sets: readonly Workload[]): string | undefined {
  const refused = sets
    .flatMap((set) => index.events(set, 'DaemonSet'))
    .findLast(({ reason, lastSeen }) => reason === 'FailedCreate' && index.now - Date.parse(lastSeen) < LATELY);
  return refused === undefined
    ? undefined
    : `its pods are refused (${shorten(refused.message.replace(/^Error creating: (pods "[^"]*" is forbidden: )?/, ''), 140)})`;
}

/** Events of more than so many milliseconds ago are over. */
const LATELY = 1_800_000;

/** Its pod there has ended, most often evicted, and no other took its place. */
function endedOn(index: ClusterIndex, sets: readonly Workload[], node: string): string | undefined {
  const pod = index
    .list('Pod')
    .findLast(
      (one) =>
        one.spec?.nodeName === node &&
        one.status?.phase === 'Failed' &&
        sets.some((set) => isOwnedBy(one, nameOf(set), namespaceOf(set))),
    );
  if (pod === undefined) return undefined;
  const { reason = 'Failed', message = '' } = pod.status ?? {};
  return `its pod ${nameOf(pod)} ended (${reason}${message === '' ? '' : `: ${shorten(message, 120)}`})`;
}

function isOwnedBy(pod: Pod, name: string, namespace: string): boolean {
  const owner = controllerOf(pod);
  return owner?.kind === 'DaemonSet' && owner.name === name && namespaceOf(pod) === namespace;
}

function raise(group: AgentGroup, why: string, nodes: readonly NodeFacts[], all: number): Finding {
  const [set] = group.sets;
  const names = nodes.map(({ name }) => name);
  const namespace = namespaceOf(set ?? group.pods[0] ?? {});
  const name = nameOf(set ?? {});
  const facts = {
    subject: names.length === 1 ? { kind: 'Node', name: names[0] ?? '' } : refOf(set ?? {}, 'DaemonSet'),
    impact: names.length / Math.max(1, all),
    pods: names.map(nodeKey),
    confidence: why === FITS || why === NO_MANIFEST ? ('likely' as const) : ('proven' as const),
    evidence: [
      {
        fact: `no pod of it on ${nodeWords(names)}`,
        source: group.podsRead ? `Pods of ${namespace}` : `${formatGroup(group)} status`,
      },
      { fact: why, source: set === undefined ? `Pods of ${namespace}` : `${formatGroup(group)} spec.template.spec` },
      ...(set === undefined
        ? []
        : [
            {
              fact: `wanted on ${set?.status?.desiredNumberScheduled ?? 0} nodes, running on ${set?.status?.currentNumberScheduled ?? set?.status?.numberReady ?? 0}`,
              source: `${formatGroup(group)} status`,
            },
          ]),
    ],
  };
  const fix = fixFor(why, namespace, name);
  const undo = /^kubectl (?:edit|patch) /.test(fix) ? `kubectl rollout undo daemonset -n ${namespace} ${name}` : '';
  const where = names.length > 1 && names.length === all ? 'any node' : nodeWords(names);
  if (group.role === 'kube-proxy') {
    return nodeMessages.CNI208.raise({
      ...facts,
      pods: [...facts.pods, ...names.map(proxyKey)],
      args: { nodes: where, set: name, why, fix, undo },
      ...(why === NO_MANIFEST ? { fixes: LOOK } : {}),
    });
  }
  return presenceMessages.CNI103.raise({
    ...facts,
    args: { title: group.title, set: `daemonset -n ${namespace} ${name}`, nodes: where, why, fix, undo },
  });
}

const LOOK: readonly Fix[] = [
  {
    title: 'on the node, and on one that has it: compare the manifests (kubeadm, RKE2)',
    command: 'ls -l /etc/kubernetes/manifests /var/lib/rancher/rke2/agent/pod-manifests',
    risk: 'none',
  },
];

function fixFor(why: string, namespace: string, name: string): string {
  if (why === HYBRID) return "kubectl get daemonsets -A -o wide | grep -iE 'cilium|calico'";
  if (/nodeSelector/.test(why)) {
    return `kubectl edit daemonset -n ${namespace} ${name}   # spec.template.spec.nodeSelector`;
  }
  if (/tolerate/.test(why)) {
    return `kubectl patch daemonset -n ${namespace} ${name} --type=json -p '[{"op":"add","path":"/spec/template/spec/tolerations","value":[{"operator":"Exists"}]}]'`;
  }
  return `kubectl describe daemonset -n ${namespace} ${name}`;
}
