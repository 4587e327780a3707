import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type SickPod, sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type AgentGroup, agentGroups, formatGroup, imagesOf, nodeOfAgent } from '../../facts/agents.ts';
import { type LogCause, logCause } from '../../facts/log-causes.ts';
import { API_UNREACHABLE, WRONG_SETTING } from '../../facts/log-rows.ts';
import { downNodes, nodeFacts, nodeFactsOf } from '../../facts/nodes.ts';
import { asksByClusterIp, lacksProxy, proxyKey } from '../../facts/proxy-at-work.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { restartOf } from '../restart-agent.ts';
import { nodeWords, sinceWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

interface Sick extends SickPod {
  readonly pod: Pod;
  readonly cause: LogCause | undefined;
  /** False where it asks for a ClusterIP, and nobody serves those on its node. */
  readonly served: boolean;
}

/** Agents that are there and do not work, grouped by why. */
export const agentNotReady = defineCheck<ClusterSubject>({
  id: 'netcni/agent-not-ready',
  group: 'agents',
  needs: [],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index, now }) => agentGroups(index).flatMap((group) => sickFindings(index, group, now)),
});

function sickFindings(index: ClusterIndex, group: AgentGroup, now: number): readonly Finding[] {
  const down = downNodes(index);
  const groups = new Map<string, Sick[]>();
  for (const pod of group.pods) {
    const sick = sicknessOf(index, pod, now);
    const node = nodeOfAgent(pod);
    // What a silent node's pods say is old news.
    if (sick === undefined || down.has(node) || isYoung(index, node)) continue;
    const cause = logCause(index, pod);
    const served =
      group.role === 'kube-proxy' || !(cause?.meaning === API_UNREACHABLE && isUnserved(index, node, cause));
    // One cause shows as several states while a pod starts again and again.
    const key = `${served ? '' : 'unserved '}${cause?.meaning ?? sick.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), { ...sick, node, pod, cause, served }]);
  }
  return [...groups.values()].map((sick) => raise(index, group, sick, now));
}

function isUnserved(index: ClusterIndex, node: string, { line }: LogCause): boolean {
  return asksByClusterIp(index, line) && lacksProxy(index, node);
}

function isYoung(index: ClusterIndex, node: string): boolean {
  return nodeFactsOf(index, node)?.fresh === true;
}

function raise(index: ClusterIndex, group: AgentGroup, sick: readonly Sick[], now: number): Finding {
  const [first] = sick as readonly [Sick, ...Sick[]];
  const nodes = [...new Set(sick.map(({ node }) => node))].filter((name) => name !== '');
  const why = first.cause?.meaning ?? first.message;
  const facts = {
    subject: refOf(first.pod, 'Pod'),
    impact: sick.length / Math.max(1, nodeFacts(index).length, group.pods.length),
    pods: nodes.map(nodeKey),
    // What all of them say is told once.
    evidence: [
      ...sick
        .slice(0, 3)
        .flatMap((one, at) => evidenceOf(one, now).slice(0, at === 0 || one.cause === undefined ? 2 : 1)),
      ...countOf(group),
    ],
  };
  const where = nodes.length === 0 ? 'any node' : nodeWords(nodes);
  const args = {
    nodes: where,
    reason: first.reason,
    why,
    namespace: first.namespace,
    pod: first.name,
    fix: [
      ...(first.cause?.fix ?? []),
      ...(first.cause?.meaning === WRONG_SETTING ? settingsOf(index, group) : []),
      ...(first.cause?.meaning.startsWith('its image ') === true ? backToOther(group, first.pod) : []),
    ],
  };
  if (group.role === 'kube-proxy')
    return nodeMessages.CNI209.raise({ ...facts, pods: [...facts.pods, ...nodes.map(proxyKey)], args });
  if (!first.served) return presenceMessages.CNI114.raise({ ...facts, args: { nodes: where, title: group.title } });
  return presenceMessages.CNI104.raise({
    ...facts,
    args: { ...args, title: group.title },
    severity: group.role === 'helper' ? 'warning' : 'critical',
  });
}

/** Agents of another image are still there: the update that brought this one can be taken back. */
function backToOther({ pods, sets: [set] }: AgentGroup, sick: Pod): readonly Fix[] {
  if (set === undefined || pods.every((pod) => imagesOf(pod) === imagesOf(sick))) return [];
  const command = `kubectl rollout undo daemonset -n ${namespaceOf(set)} ${nameOf(set)}`;
  return [{ title: 'go back to the image of the others', command, risk: 'low', undo: command }];
}

/** Where kube-proxy's settings are; those of network plugins have checks of their own. */
function settingsOf(index: ClusterIndex, { role, sets: [set] }: AgentGroup): readonly Fix[] {
  if (role !== 'kube-proxy' || set === undefined) return [];
  const namespace = namespaceOf(set);
  const title = 'mend its settings';
  return index.get('ConfigMap', namespace, 'kube-proxy') === undefined
    ? [{ title, command: `kubectl edit daemonset -n ${namespace} ${nameOf(set)}`, risk: 'low' }]
    : [{ title, command: `kubectl edit configmap -n ${namespace} kube-proxy`, risk: 'low' }, restartOf(set)];
}

function evidenceOf({ name, node, reason, since, namespace, cause, message }: Sick, now: number): readonly Evidence[] {
  return [
    {
      fact: `${name}${node === '' ? '' : ` on node ${node}`}: ${reason}, not ready${sinceWords(ago(since, now))}`,
      source: `Pod ${namespace}/${name} status`,
    },
    ...(cause === undefined
      ? message === ''
        ? []
        : [{ fact: message, source: `Pod ${namespace}/${name}` }]
      : [{ fact: cause.line, source: cause.source }]),
  ];
}

function countOf(group: AgentGroup): readonly Evidence[] {
  return group.sets.slice(0, 1).flatMap(({ status }) =>
    status?.desiredNumberScheduled === undefined
      ? []
      : [
          {
            fact: `${status.numberReady ?? 0} of ${status.desiredNumberScheduled} ready`,
            source: `${formatGroup(group)} status`,
          },
        ],
  );
}
