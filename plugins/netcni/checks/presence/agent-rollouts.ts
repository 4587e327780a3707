import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ContainerStatus } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, formatGroup, imagesOf, nodeOfAgent } from '../../facts/agents.ts';
import { downNodes } from '../../facts/nodes.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { nodeWords } from '../words.ts';
import { AGENT_USES } from './agent-uses.ts';

/** The last restart counts while it is younger than this, in milliseconds. */
const LATELY = 3_600_000;
/** An agent that ran longer than this before was ended by something rare, such as a reboot of its node. */
const SHORT_RUN = 7_200_000;
const FEW = 3;
/** An update that has made a new agent within this time, in milliseconds, goes on. */
const MOVING = 600_000;

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
  run: (_, { index, now }) =>
    agentGroups(index).flatMap((group) => {
      const [set] = group.sets;
      if (set === undefined || group.sets.length > 1) return [];
      // While an update goes on, node by node, it is what somebody asked for.
      if (group.pods.some(({ metadata }) => now - Date.parse(metadata?.creationTimestamp ?? '') < MOVING)) return [];
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

/** What of the images is not the same everywhere: `node:v3.28.1`. */
function differing(own: string, all: readonly string[]): string {
  const lines = own.split('\n').filter((line) => !all.every((other) => other.split('\n').includes(line)));
  return lines.map((line) => line.slice(Math.max(line.lastIndexOf('/'), line.indexOf('=')) + 1)).join(' + ') || 'none';
}

function strategyOf(strategy: unknown): string {
  return `updateStrategy ${(strategy as { type?: string } | undefined)?.type ?? 'RollingUpdate'}`;
}
