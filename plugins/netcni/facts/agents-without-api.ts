import type { FoundPlugin } from '../../../shared/datapath/cni/setup.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { sicknessOf } from '../../../shared/model/sick-pods.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';
import { type LogCause, logCause } from './log-causes.ts';
import { API_UNREACHABLE } from './log-rows.ts';

/** An agent that ended because the API server did not answer it. */
export interface AgentWithoutApi {
  readonly node: string;
  readonly cause: LogCause;
}

/** Agents of a plugin that do not work and say that they cannot reach the API server. */
export function agentsWithoutApi(index: ClusterIndex, plugin: FoundPlugin): readonly AgentWithoutApi[] {
  return agentGroups(index)
    .filter((group) => group.plugin === plugin)
    .flatMap(({ pods }) => pods)
    .flatMap((pod) => {
      const cause = sicknessOf(index, pod, index.now) === undefined ? undefined : logCause(index, pod);
      return cause?.meaning === API_UNREACHABLE ? [{ node: nodeOfAgent(pod), cause }] : [];
    });
}
