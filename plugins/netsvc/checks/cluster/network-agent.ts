import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { sickEvidence } from '../../../../shared/diagnose/sick-evidence.ts';
import { downNodes } from '../../../../shared/model/down-nodes.ts';
import { nameOf, refOf } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { AGENTS } from './agent-sets.ts';
import { lostBehindAddress } from './network-address.ts';
import { agentEvidence, agentOf, daemonSetsLike } from './system-pods.ts';

/** The network plugin's agent does not work on a node where endpoints of the Service run, or leads others astray. */
export const networkAgentSick = defineCheck<ServiceSubject>({
  id: 'netsvc/network-agent-sick',
  group: 'cluster',
  needs: [],
  uses: ['DaemonSet', 'Pod', 'Node', 'EndpointSlice'],
  applies: (subject) => subject.type !== 'ExternalName',
  run: (subject, { index, now }) => {
    const rows = endpointRows(index, subject.service);
    // Where the slices were not read, the pods tell where they run.
    const places =
      index.seen('EndpointSlice', subject.namespace).status === 'ok'
        ? rows.map((row) => row.endpoint.nodeName ?? row.pod?.spec?.nodeName)
        : subjectPods(index, subject).map((pod) => pod.spec?.nodeName);
    const hosts = new Set<string | undefined>(places);
    const down = downNodes(index);
    const sickAgents = daemonSetsLike(index, AGENTS).flatMap((set) => {
      const agent = agentOf(index, set, now);
      const sick = agent.sick.filter((pod) => hosts.has(pod.node) && !down.has(pod.node));
      const [first] = sick;
      if (first === undefined) return [];
      const hit = places.filter((place) => sick.some((pod) => pod.node === place));
      return [
        clusterMessages.SVC812.raise({
          subject: refOf(set, 'DaemonSet'),
          args: {
            set: nameOf(set),
            namespace: set.metadata?.namespace ?? '',
            where: joinNames(
              sick.map((pod) => pod.node),
              3,
            ),
            reason: first.reason,
            message: first.message,
            endpoints: hit.length,
            all: places.length,
            pod: first.name,
          },
          impact: Math.min(0.9, hit.length / Math.max(1, places.length)),
          evidence: [agentEvidence(agent), ...sick.slice(0, 3).map((pod) => sickEvidence(pod, now))],
        }),
      ];
    });
    return [...sickAgents, ...lostBehindAddress(index, rows)];
  },
});
