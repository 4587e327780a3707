import type { RecordingPlan } from '../../../shared/cli/command.ts';
import type { KindName } from '../../../shared/model/kinds.ts';

const NAMESPACED: readonly KindName[] = ['Pod', 'Service', 'NetworkPolicy'];
const CLUSTER: readonly KindName[] = ['Node', 'Namespace'];

/** Everything that a question about the scope could read. */
export const snapshotPlan: RecordingPlan = (options) => async (gatherer, namespace) => {
  const scope = options.allNamespaces ? {} : { namespace };
  await Promise.all([
    gatherer.version(),
    ...NAMESPACED.map((kind) => gatherer.list(kind, scope)),
    ...CLUSTER.map((kind) => gatherer.list(kind)),
  ]);
};
