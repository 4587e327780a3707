import type { RecordingPlan } from '../../../shared/cli/command.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { checkPlan } from './check-plan.ts';

/** Promised records and callers of one namespace or of all; what the servers are made of is recorded with them. */
const NAMESPACED: readonly KindName[] = [
  'Service',
  'EndpointSlice',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'NetworkPolicy',
];

/** Everything that a question about the scope could read, with logs, metrics and answers of the DNS servers. */
export const snapshotPlan: RecordingPlan =
  ({ allNamespaces }) =>
  async (gatherer, namespace) => {
    const scope = allNamespaces ? {} : { namespace };
    await Promise.all([
      ...NAMESPACED.map((kind) => gatherer.list(kind, scope)),
      checkPlan({ callers: allNamespaces ? undefined : namespace, ask: true })(gatherer),
    ]);
  };
