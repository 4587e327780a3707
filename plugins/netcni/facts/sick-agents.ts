import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { sicknessOf } from '../../../shared/model/sick-pods.ts';
import { nodeKey } from '../cluster-subject.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';
import { logCause } from './log-causes.ts';
import { downNodes } from './nodes.ts';

/** Nodes whose agents of the network do not work, with what the agents' words mean; empty where they mean nothing known. */
export function sickAgents(index: ClusterIndex): ReadonlyMap<string, string> {
  return index.memo(
    'netcni/sick-agents',
    () =>
      new Map(
        agentGroups(index)
          .filter(({ role }) => role !== 'kube-proxy')
          .flatMap(({ pods }) => pods)
          .filter((pod) => sicknessOf(index, pod, index.now) !== undefined && !downNodes(index).has(nodeOfAgent(pod)))
          .map((pod) => [nodeOfAgent(pod), logCause(index, pod)?.meaning ?? '']),
      ),
  );
}

/** An operator that complains of pods or of a rollout speaks of the agents that do not work, which say why themselves. */
export function ofSickAgents(
  index: ClusterIndex,
  complaint: string | undefined,
): { readonly pods?: readonly string[] } {
  const nodes = [...sickAgents(index).keys(), ...downNodes(index)];
  const about = /\bpods?\b|daemon ?set|rollout|not (all )?(ready|available)/i.test(complaint ?? '');
  return about && nodes.length > 0 ? { pods: nodes.map(nodeKey) } : {};
}
