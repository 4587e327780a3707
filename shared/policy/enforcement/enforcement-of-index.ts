import type { ClusterIndex } from '../../model/cluster-index.ts';
import { detectEnforcement, type Enforcement } from './enforcement.ts';

/** Whether anything enforces network policy here, from the objects that were seen. */
export function enforcementIn(index: ClusterIndex): Enforcement {
  return index.memo('policy/enforcement', () =>
    detectEnforcement({
      ...(index.seen('DaemonSet', '*').status === 'ok' ? { daemonSets: index.list('DaemonSet') } : {}),
      pods: index.list('Pod'),
      nodes: index.list('Node'),
    }),
  );
}
