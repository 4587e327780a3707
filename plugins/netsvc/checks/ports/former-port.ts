import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Container } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { formatRef, type Ref, refOf } from '../../../../shared/model/refs.ts';
import { revisionOf, rolloutOf } from '../../../../shared/model/rollouts.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { undoFix } from '../pods/rollout-note.ts';

/** Who served a port before the last change of the template. */
export interface FormerPort {
  /** `; revision 2 took away container proxy, which declared it`. */
  readonly words: string;
  readonly evidence: readonly Evidence[];
  /** The way back where the container that served the port was taken away. */
  readonly fixes: readonly Fix[];
}

const NONE: FormerPort = { words: '', evidence: [], fixes: [] };

/** Whether the revision before the current one declared a port, by number or name, in a container that has lost it. */
export function formerPort(index: ClusterIndex, owner: Ref | undefined, port: number | string): FormerPort {
  const { current, previous } = (owner === undefined ? undefined : rolloutOf(index, owner)) ?? {};
  if (owner === undefined || current === undefined || previous === undefined) return NONE;
  const former = containersOf(previous).find(({ ports = [] }) =>
    ports.some(({ name, containerPort }) => name === port || containerPort === port),
  );
  if (former === undefined) return NONE;
  const gone = !containersOf(current).some(({ name }) => name === former.name);
  const revision = revisionOf(current);
  const when = ago(current.metadata?.creationTimestamp, index.now);
  return {
    words: gone ? `; revision ${revision} took away container ${former.name ?? ''}, which declared it` : '',
    evidence: [
      {
        fact: `until revision ${revision} (made ${when}) container ${former.name ?? ''} declared ${typeof port === 'number' ? port : `"${port}"`}`,
        source: formatRef(refOf(previous, 'ReplicaSet')),
      },
    ],
    fixes: gone ? [undoFix(owner, revision, revisionOf(previous), 0)] : [],
  };
}

function containersOf(set: Workload): readonly Container[] {
  const { initContainers = [], containers = [] } = set.spec?.template?.spec ?? {};
  return [...initContainers, ...containers];
}
