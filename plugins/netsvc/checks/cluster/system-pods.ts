import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf } from '../../../../shared/model/owners.ts';
import { formatRef, nameOf, namespaceOf, refOf } from '../../../../shared/model/refs.ts';
import { type SickPod, sicknessOf } from '../../../../shared/model/sick-pods.ts';
import { plural } from '../../../../shared/util/text.ts';

/** An agent that runs on every node, as far as its DaemonSet and pods were read. */
export interface Agent {
  readonly set: Workload;
  readonly desired: number;
  readonly ready: number;
  readonly sick: readonly SickPod[];
  /** Nodes on which a pod of it runs; undefined when its pods were not read. */
  readonly nodes: ReadonlySet<string> | undefined;
}

/** The state of a DaemonSet: its own count, and its pods where they were read. */
export function agentOf(index: ClusterIndex, set: Workload, now: number): Agent {
  return index.memo(`cluster/agent/${namespaceOf(set)}/${nameOf(set)}`, () => lookAt(index, set, now));
}

function lookAt(index: ClusterIndex, set: Workload, now: number): Agent {
  const namespace = namespaceOf(set);
  const pods = index
    .list('Pod', namespace)
    .filter((pod) => controllerOf(pod)?.kind === 'DaemonSet' && controllerOf(pod)?.name === nameOf(set));
  return {
    set,
    desired: set.status?.desiredNumberScheduled ?? 0,
    ready: set.status?.numberReady ?? 0,
    sick: pods.flatMap((pod) => sicknessOf(index, pod, now) ?? []),
    nodes: pods.length === 0 ? undefined : new Set(pods.flatMap((pod) => pod.spec?.nodeName ?? [])),
  };
}

/** What the DaemonSet itself says, as evidence. */
export function agentEvidence(agent: Agent): Evidence {
  return {
    fact: `${agent.ready} of ${plural(agent.desired, 'pod')} ready`,
    source: `${formatRef(refOf(agent.set, 'DaemonSet'))} status`,
  };
}

/** DaemonSets whose name fits, of all namespaces that were read. */
export function daemonSetsLike(index: ClusterIndex, shape: RegExp): readonly Workload[] {
  return index.list('DaemonSet').filter((set) => shape.test(nameOf(set)));
}
