import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { formatSelector } from '../../../shared/model/selectors.ts';
import { AGENTS, KUBE_PROXY } from '../checks/cluster/agent-sets.ts';

const MAX_SETS = 4;
const MAX_LOGS = 3;
const TAIL_LINES = 20;

/**
 * The pods of kube-proxy and of the network plugin, where their DaemonSet says that not all of them are ready, and those
 * of kube-proxy where it is wanted on fewer nodes than the network plugin.
 */
export async function readSickAgents(gatherer: Gatherer, sets: readonly Workload[]): Promise<void> {
  const wanted = (set: Workload): number => set.status?.desiredNumberScheduled ?? 0;
  const most = Math.max(...sets.filter((set) => AGENTS.test(nameOf(set))).map(wanted));
  const sick = sets.filter((set) => {
    const isProxy = KUBE_PROXY.test(nameOf(set));
    if (!isProxy && !AGENTS.test(nameOf(set))) return false;
    return (set.status?.numberReady ?? 0) < wanted(set) || (isProxy && wanted(set) < most);
  });
  await Promise.all(
    sick.slice(0, MAX_SETS).map(async (set) => {
      const labelSelector = formatSelector(set.spec?.selector);
      const pods = await gatherer.list('Pod', { namespace: namespaceOf(set), labelSelector });
      await Promise.all([gatherer.list('Node'), readSystemPods(gatherer, pods)]);
    }),
  );
}

/** What pods of the system that are not ready wrote last. */
export async function readSystemPods(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const failing = pods.filter((pod) => !isReady(pod)).slice(0, MAX_LOGS);
  await Promise.all(
    failing.flatMap((pod) =>
      (pod.status?.containerStatuses ?? [])
        .filter((status) => (status.restartCount ?? 0) > 0)
        .slice(0, 1)
        .map((status) =>
          gatherer.logs(namespaceOf(pod), nameOf(pod), {
            container: status.name ?? '',
            previous: true,
            tailLines: TAIL_LINES,
          }),
        ),
    ),
  );
}
