import type { RecordingPlan } from '../../../shared/cli/command.ts';
import type { KindName } from '../../../shared/model/kinds.ts';
import { networkPlan, OWN_KINDS } from './network-plan.ts';

/** Kinds beside those of the network itself, which paths and rules are held against. */
const NAMESPACED: readonly KindName[] = ['Service', 'EndpointSlice', 'NetworkPolicy'];

/** Everything that a question about the network could read: it has no namespace, so all of them are read. */
export const snapshotPlan: RecordingPlan = () => async (gatherer, namespace) => {
  await networkPlan(gatherer, [namespace]);
  await Promise.all([
    gatherer.list('Namespace'),
    ...NAMESPACED.map((kind) => gatherer.list(kind)),
    // A kind that the cluster does not have is then known to be absent.
    ...[...new Set(Object.values(OWN_KINDS).flat())].map((kind) => gatherer.list(kind)),
  ]);
};
