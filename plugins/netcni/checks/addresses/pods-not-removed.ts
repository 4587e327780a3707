import { type SandboxCause, sandboxCause } from '../../../../shared/datapath/cni/sandbox-cause.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterEvent } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, plural, shorten, timesTold } from '../../../../shared/util/text.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { downNodes } from '../../facts/nodes.ts';
import { podMessages } from '../../messages/pods.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { restartAgent } from '../restart-agent.ts';
import { sinceWords } from '../words.ts';

/** How long the end of a pod may last beyond its grace period, in milliseconds. */
const OVERDUE = 30_000;

/** What containerd, CRI-O and dockershim say when a plugin fails to take the network of a sandbox down. */
const TEARDOWN =
  /failed to (destroy|tear ?down|delete) (the )?network|failed to teardown pod|error removing pod \S+ from CNI network/i;

interface Staying {
  readonly pod: Pod;
  readonly event: ClusterEvent;
  readonly cause: SandboxCause;
}

/** Pods that were deleted and stay, because the plugin of the network cannot take theirs down. */
export const podsNotRemoved = defineCheck<ClusterSubject>({
  id: 'netcni/pods-not-removed',
  group: 'pods',
  needs: [],
  uses: [...AGENT_USES, 'Event'],
  run: (_, { index, now }) => {
    const groups = new Map<string, Staying[]>();
    for (const staying of index.list('Pod').flatMap((pod) => stayingPod(index, pod, now))) {
      const key = `${staying.pod.spec?.nodeName ?? ''}\n${staying.cause.meaning || staying.cause.trouble}`;
      groups.set(key, [...(groups.get(key) ?? []), staying]);
    }
    return [...groups.values()].map((group) => {
      const [first] = group as [Staying, ...Staying[]];
      const { pod, cause } = first;
      const node = pod.spec?.nodeName ?? '';
      const keys = group.map((one) => podKey(one.pod));
      return podMessages.CNI320.raise({
        subject: { kind: 'Node', name: node },
        args: {
          pods: keys.length === 1 ? `pod ${keys[0]}` : `${plural(keys.length, 'pod')} (${joinNames(keys, 2)})`,
          node,
          meaning: cause.meaning === '' ? cause.words : cause.meaning,
          agent: restartAgent(index, node),
          namespace: namespaceOf(pod),
          name: nameOf(pod),
        },
        pods: [nodeKey(node)],
        evidence: [
          ...group.slice(0, 3).map(({ event, pod: { metadata } }) => ({
            fact: `"${shorten(cause.words, 200)}" (${timesTold(event.count)})`,
            source: `Event FailedKillPod on Pod ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`,
          })),
          {
            fact: `was to be gone${sinceWords(ago(pod.metadata?.deletionTimestamp, now))}`,
            source: `Pod ${podKey(pod)} metadata.deletionTimestamp`,
          },
        ],
      });
    });
  },
});

function stayingPod(index: ClusterIndex, pod: Pod, now: number): readonly Staying[] {
  const { deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp === undefined || isFinished(pod) || downNodes(index).has(pod.spec?.nodeName ?? '')) return [];
  // The time of deletion includes the grace period.
  if (!(now - Date.parse(deletionTimestamp) > OVERDUE)) return [];
  const event = index.events(pod, 'Pod').findLast(({ reason }) => reason === 'FailedKillPod');
  if (event === undefined || !TEARDOWN.test(event.message)) return [];
  return [{ pod, event, cause: sandboxCause(innerWords(event.message)) }];
}

/** The runtime's words, which the kubelet quotes: `… with KillPodSandboxError: "rpc error: … \"0f3c\": …"`. */
function innerWords(message: string): string {
  const quoted = /KillPodSandboxError: "(.*)"/s.exec(message)?.[1] ?? message;
  return quoted
    .replace(/\\"/g, '"')
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to (?:destroy|tear ?down|delete) network for sandbox "[^"]*": /i, '');
}
