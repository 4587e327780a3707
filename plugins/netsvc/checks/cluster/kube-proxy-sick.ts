import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import { nameOf, refOf } from '../../../../shared/model/refs.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { callerPod } from '../exposure/places.ts';
import { KUBE_PROXY, needsProxy } from './agent-sets.ts';
import { agentEvidence, agentOf, daemonSetsLike } from './system-pods.ts';

/** kube-proxy pods that do not work: Services changed since then are unknown on their nodes. */
export const kubeProxySick = defineCheck<ServiceSubject>({
  id: 'netsvc/kube-proxy-sick',
  group: 'cluster',
  needs: [],
  uses: ['DaemonSet', 'Pod', 'Node'],
  applies: needsProxy,
  run: (_, { index, now, from }) =>
    daemonSetsLike(index, KUBE_PROXY).flatMap((set) => {
      const agent = agentOf(index, set, now);
      const down = downNodes(index);
      const sick = agent.sick.filter((pod) => !down.has(pod.node));
      // Without its pods only the count speaks, and nodes that are down are in it.
      const uncounted = agent.nodes === undefined ? Math.max(0, agent.desired - agent.ready - down.size) : 0;
      if (sick.length === 0 && uncounted === 0) return [];
      const node = callerPod(index, from)?.spec?.nodeName;
      const [first] = sick;
      return [
        clusterMessages.SVC801.raise({
          subject: refOf(set, 'DaemonSet'),
          args: {
            where:
              sick.length > 0
                ? joinNames(
                    sick.map((pod) => pod.node),
                    3,
                  )
                : plural(uncounted, 'node'),
            reason: first === undefined ? 'not ready' : first.reason,
            message: first?.message ?? '',
            namespace: set.metadata?.namespace ?? '',
            set: nameOf(set),
            pod: first?.name ?? '',
          },
          // A count alone may be that of an update under way.
          severity: sick.length === 0 ? 'info' : sick.some((pod) => pod.node === node) ? 'critical' : 'warning',
          impact: Math.min(1, (sick.length || uncounted) / Math.max(1, agent.desired)),
          evidence: [agentEvidence(agent), ...sick.slice(0, 3).map((pod) => sickEvidence(pod, now))],
        }),
      ];
    }),
});
