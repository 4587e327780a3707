import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { parseScheduling } from '../../../../shared/model/pod-state-scheduling.ts';
import { conditionOf, declaredPorts, isFinished, podKey } from '../../../../shared/model/pods.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { nodeMessages } from '../../messages/nodes.ts';

/** In a rollout the former pod holds the port until it has ended. */
const PATIENCE = 60_000;

/** Why a node is not meant for a pod at all, beside the port. */
const CHOSEN: ReadonlySet<string> = new Set(['host-port', 'node-selector', 'affinity', 'taint', 'cordoned']);

/** Pods that no node takes because a host port of theirs is taken. */
export const hostPortTaken = defineCheck<ClusterSubject>({
  id: 'netcni/host-port-taken',
  group: 'pods',
  needs: [],
  uses: ['Pod'],
  run: (_, { index, now }) => {
    const waiting = index.list('Pod').filter((pod) => {
      const scheduled = conditionOf(pod, 'PodScheduled');
      if (scheduled?.status !== 'False' || now - Date.parse(scheduled.lastTransitionTime ?? '') < PATIENCE)
        return false;
      const { main, refusals } = parseScheduling(scheduled.message ?? '');
      // Nodes that were never meant for it do not hide that the port is taken on the one that is.
      return (
        main?.class === 'host-port' ||
        (refusals.some((refusal) => refusal.class === 'host-port') &&
          refusals.every(({ class: kind }) => CHOSEN.has(kind)))
      );
    });
    const byPort = new Map<string, Pod[]>();
    for (const pod of waiting) {
      const key = hostPorts(pod).join(', ');
      byPort.set(key, [...(byPort.get(key) ?? []), pod]);
    }
    return [...byPort].map(([port, pods]) => {
      const [first] = pods;
      const holders = holdersOf(index, hostPorts(first ?? {}));
      return nodeMessages.CNI207.raise({
        subject: { kind: 'Pod', namespace: first?.metadata?.namespace ?? '', name: first?.metadata?.name ?? '' },
        args: {
          pods: pods.length === 1 ? `pod ${podKey(first ?? {})}` : `pods ${joinNames(pods.map(podKey), 2)}`,
          port,
          holder: holders.length === 0 ? 'another pod' : joinNames(holders.map(podKey), 2),
        },
        evidence: [
          {
            fact: shorten(conditionOf(first ?? {}, 'PodScheduled')?.message ?? '', 200),
            source: `Pod ${podKey(first ?? {})} status.conditions`,
          },
          ...holders.slice(0, 3).map((pod) => ({
            fact: `holds host port ${port} on node ${pod.spec?.nodeName ?? ''}`,
            source: `Pod ${podKey(pod)} spec.containers`,
          })),
        ],
      });
    });
  },
});

/** `8080/TCP`: ports on the node; with hostNetwork every declared port is one. */
function hostPorts(pod: Pod): readonly string[] {
  return declaredPorts(pod.spec).flatMap(({ spec, port, protocol }) => {
    const own = spec.hostPort ?? (pod.spec?.hostNetwork === true ? port : undefined);
    return own === undefined || own === 0 ? [] : [`${own}/${protocol}`];
  });
}

function holdersOf(index: ClusterIndex, wanted: readonly string[]): readonly Pod[] {
  return index
    .list('Pod')
    .filter(
      (pod) =>
        (pod.spec?.nodeName ?? '') !== '' && !isFinished(pod) && hostPorts(pod).some((port) => wanted.includes(port)),
    );
}
