import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from '../../facts/agents.ts';
import { nodeFactsOf } from '../../facts/nodes.ts';
import { proxyKey } from '../../facts/proxy-at-work.ts';
import { presenceMessages } from '../../messages/presence.ts';
import { AGENT_USES } from './agent-uses.ts';

/** Agents that lost hostNetwork: they run, are ready, and set up the network of their own pod. */
export const agentInPodNetwork = defineCheck<ClusterSubject>({
  id: 'netcni/agent-in-pod-network',
  group: 'agents',
  needs: ['Pod'],
  uses: AGENT_USES,
  run: (_, { index }) =>
    agentGroups(index).flatMap(({ role, title, sets, pods }) => {
      const [set] = sets;
      const astray = role === 'helper' ? [] : pods.filter((pod) => isInPodNetwork(index, pod));
      if (set === undefined || astray.length === 0) return [];
      return [
        presenceMessages.CNI113.raise({
          subject: refOf(set, 'DaemonSet'),
          args: { title, namespace: namespaceOf(set), name: nameOf(set) },
          pods: astray
            .map(nodeOfAgent)
            .flatMap((node) => [nodeKey(node), ...(role === 'kube-proxy' ? [proxyKey(node)] : [])]),
          evidence: astray.slice(0, 3).map((pod) => ({
            fact: `address ${podAddresses(pod)[0] ?? ''} of its own, and node ${nodeOfAgent(pod)} has ${pod.status?.hostIP ?? ''}`,
            source: `Pod ${podKey(pod)} status`,
          })),
        }),
      ];
    }),
});

/** The address proves it: what a recording leaves out of a spec proves nothing. */
function isInPodNetwork(index: ClusterIndex, pod: Pod): boolean {
  const [address] = podAddresses(pod);
  const host = pod.status?.hostIP;
  if (pod.spec?.hostNetwork === true || address === undefined || host === undefined || address === host) return false;
  const node = nodeFactsOf(index, nodeOfAgent(pod))?.node;
  const own = (node?.status?.addresses ?? []).map((entry) => entry.address);
  return own.includes(host) && !own.includes(address);
}
