import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ContainerStatus, Pod } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type SickPod, sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { type AgentGroup, agentGroups, formatGroup, nodeOfAgent } from '../../facts/agents.ts';
import { type LogCause, logCause } from '../../facts/log-causes.ts';
import { WRONG_SETTING } from '../../facts/log-rows.ts';
import { downNodes, nodeFacts, nodeFactsOf } from '../../facts/nodes.ts';
import { nodeMessages } from '../../messages/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { restartOf } from '../restart-agent.ts';
import { nodeWords, sinceWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

interface Sick extends SickPod {
  readonly pod: Pod;
  readonly cause: LogCause | undefined;
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
    // One cause shows as several states while a pod starts again and again.
    const key = cause?.meaning ?? sick.reason;
    groups.set(key, [...(groups.get(key) ?? []), { ...sick, node, pod, cause }]);
  }
  return [...groups.values()].map((sick) => raise(index, group, sick, now));
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
  if (group.role === 'kube-proxy') return nodeMessages.CNI209.raise({ ...facts, args });
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

/** The last restart counts while it is younger than this, in milliseconds. */
const LATELY = 3_600_000;
/** An agent that ran longer than this before was ended by something rare, such as a reboot of its node. */
const SHORT_RUN = 7_200_000;
const FEW = 3;

/** Agents that run and have restarted again and again of late. */
export const agentRestarts = defineCheck<ClusterSubject>({
  id: 'netcni/agent-restarts',
  group: 'agents',
  needs: [],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index, now }) =>
    agentGroups(index).flatMap((group) =>
      group.pods.flatMap((pod) => {
        if (sicknessOf(index, pod, now) !== undefined || downNodes(index).has(nodeOfAgent(pod))) return [];
        const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
        const worst = statuses.find((status) => keepsRestarting(status, now));
        if (worst === undefined) return [];
        const ended = worst.lastState?.terminated;
        const node = nodeOfAgent(pod);
        const why =
          ended?.reason === undefined || ended.reason === 'Error'
            ? `exit code ${ended?.exitCode ?? '?'}`
            : ended.reason;
        return [
          presenceMessages.CNI105.raise({
            subject: refOf(pod, 'Pod'),
            args: {
              title: group.title,
              where: nodeWords([node]),
              count: worst.restartCount ?? 0,
              last: `last ${ago(ended?.finishedAt, now)} (${why})`,
              namespace: namespaceOf(pod),
              pod: nameOf(pod),
            },
            pods: [nodeKey(node)],
            evidence: [
              {
                fact: `container ${worst.name ?? ''}: ${worst.restartCount ?? 0} restarts, the last run ended ${ago(ended?.finishedAt, now)} with ${why}`,
                source: `Pod ${namespaceOf(pod)}/${nameOf(pod)} status.containerStatuses`,
              },
            ],
          }),
        ];
      }),
    ),
});

function keepsRestarting({ restartCount = 0, lastState, state }: ContainerStatus, now: number): boolean {
  const ended = Date.parse(lastState?.terminated?.finishedAt ?? '');
  const ran = ended - Date.parse(lastState?.terminated?.startedAt ?? '');
  // An init container that has done its work says nothing any more; one that runs on is a sidecar.
  return (
    restartCount >= FEW && state?.running !== undefined && now - ended < LATELY && now >= ended && !(ran > SHORT_RUN)
  );
}

/** Agents of several images side by side. */
export const agentVersions = defineCheck<ClusterSubject>({
  id: 'netcni/agent-versions',
  group: 'agents',
  needs: [],
  uses: AGENT_USES,
  run: (_, { index }) =>
    agentGroups(index).flatMap((group) => {
      const [set] = group.sets;
      if (set === undefined || group.sets.length > 1) return [];
      const counts = new Map<string, number>();
      for (const pod of group.pods) {
        const own = imagesOf(pod);
        counts.set(own, (counts.get(own) ?? 0) + 1);
      }
      if (counts.size < 2) return [];
      const versions = [...counts].map(([own, count]) => `${differing(own, [...counts.keys()])} on ${count}`);
      return [
        presenceMessages.CNI106.raise({
          subject: refOf(set, 'DaemonSet'),
          args: {
            title: group.title,
            versions: versions.join(', '),
            set: `daemonset/${nameOf(set)} -n ${namespaceOf(set)}`,
          },
          evidence: [
            {
              fact: `${set.status?.updatedNumberScheduled ?? 0} of ${set.status?.desiredNumberScheduled ?? 0} updated, ${strategyOf(set.spec?.updateStrategy)}`,
              source: `${formatGroup(group)} status`,
            },
          ],
        }),
      ];
    }),
});

/** `calico-node=docker.io/calico/node:v3.28.1`, a line each; injected containers of others come after those of the agent. */
function imagesOf(pod: Pod): string {
  return (pod.spec?.containers ?? []).map(({ name = '', image = '' }) => `${name}=${image}`).join('\n');
}

/** What of the images is not the same everywhere: `node:v3.28.1`. */
function differing(own: string, all: readonly string[]): string {
  const lines = own.split('\n').filter((line) => !all.every((other) => other.split('\n').includes(line)));
  return lines.map((line) => line.slice(Math.max(line.lastIndexOf('/'), line.indexOf('=')) + 1)).join(' + ') || 'none';
}

function strategyOf(strategy: unknown): string {
  return `updateStrategy ${(strategy as { type?: string } | undefined)?.type ?? 'RollingUpdate'}`;
}
