import type { Plan } from '../../../shared/cli/command.ts';
import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { readServices, SWEEP_KINDS, sweepPlan } from './sweep-plan.ts';

/** Kinds whose managedFields tell who changed a selector, a template or a number of replicas. */
const CHANGED_BY = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet'] as const;

const TAIL_LINES = 200;
const MAX_LOGS = 200;

/**
 * Everything that any diagnosis in the scope could read: a sweep, all kinds of it, who changed what, and logs — of
 * containers that fail, or of all with `allLogs`. Of one namespace, what each of its Services leads to in others as well:
 * a recording must answer as the cluster does.
 */
export function snapshotPlan(options: { readonly allNamespaces: boolean; readonly allLogs: boolean }): Plan {
  return async (gatherer, namespace) => {
    const scope = options.allNamespaces ? {} : { namespace };
    // First, so that the lists with managedFields are the ones that are kept.
    const changed = CHANGED_BY.map((kind) => gatherer.list(kind, { ...scope, managedFields: true }));
    await Promise.all(changed);
    await Promise.all([
      sweepPlan(options.allNamespaces)(gatherer, namespace),
      ...SWEEP_KINDS.filter((kind) => kind !== 'Event').map((kind) => gatherer.list(kind, scope)),
    ]);
    const pods = await gatherer.list('Pod', scope);
    await readLogs(gatherer, options.allLogs ? pods : pods.filter((pod) => !isReady(pod)));
    if (!options.allNamespaces) await readServices(gatherer, namespace);
  };
}

async function readLogs(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const wanted = pods.flatMap((pod) =>
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].flatMap((status) => {
      const container = status.name ?? '';
      const ran = status.state?.running !== undefined || status.state?.terminated !== undefined;
      return [
        ...(ran ? [{ pod, container, previous: false }] : []),
        ...(status.lastState?.terminated !== undefined ? [{ pod, container, previous: true }] : []),
      ];
    }),
  );
  await Promise.all(
    wanted
      .slice(0, MAX_LOGS)
      .map(({ pod, container, previous }) =>
        gatherer.logs(namespaceOf(pod), nameOf(pod), { container, previous, tailLines: TAIL_LINES }),
      ),
  );
}
