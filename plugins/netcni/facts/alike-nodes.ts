import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nodeCondition } from '../../../shared/model/pod-state-node.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';
import { nodeFactsOf } from './nodes.ts';
import { sickAgents } from './sick-agents.ts';

/**
 * Puts what was found on single nodes together where it is one cause: the same words (but for the node's name), on nodes
 * that stand alike in all that may lie behind it, their agents, their pod range and their NetworkUnavailable. Whatever
 * explains one of them then explains the others too. In the order in which each kind came first.
 */
export function alikeNodes<T extends { readonly name: string }>(
  index: ClusterIndex,
  found: readonly T[],
  wordsOf: (one: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of found) {
    const key = `${wordsOf(one).replaceAll(one.name, '<node>')}\n${stateOf(index, one.name)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function stateOf(index: ClusterIndex, name: string): string {
  const facts = nodeFactsOf(index, name);
  const unavailable = nodeCondition(facts?.node ?? {}, 'NetworkUnavailable');
  return [
    `${(facts?.ranges ?? []).length > 0}`,
    unavailable?.status === 'True' ? (unavailable.reason ?? '') : '',
    sickAgents(index).get(name) ?? '-',
    ...[...agentsOn(index).values()].map((nodes) => nodes.get(name) ?? 'none'),
  ].join('\n');
}

/** For each group of agents the nodes that have one, and whether it is ready. */
function agentsOn(index: ClusterIndex): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return index.memo(
    'netcni/agents-on-nodes',
    () =>
      new Map(
        agentGroups(index).map(({ title, pods }) => [
          title,
          new Map(pods.map((pod) => [nodeOfAgent(pod), isReady(pod) ? 'ready' : 'not ready'])),
        ]),
      ),
  );
}
