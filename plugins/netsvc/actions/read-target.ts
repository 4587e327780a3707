import type { Request } from '../../../shared/cli/command.ts';
import type { Target } from '../../../shared/cli/parse-target.ts';
import { withSlicesOfEndpoints } from '../../../shared/collect/slices-of-endpoints.ts';
import { imagineApplied } from '../../../shared/diagnose/imagine-applied.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Loader } from '../collect/target-plan.ts';
import { type Caller, callerOf, parseCaller } from '../targets/caller.ts';
import { chooseNamespace } from '../targets/choose-namespace.ts';

/** The facts about a target, with where it was looked for. */
export interface TargetFacts {
  readonly snapshot: Snapshot;
  readonly index: ClusterIndex;
  readonly namespace: string;
  readonly caller: Caller | undefined;
}

/** Reads what a question about one target needs. Throws a UsageError for a caller that does not exist. */
export async function readTarget(request: Request, target: Target, loadRest?: Loader): Promise<TargetFacts> {
  const from = request.options.string('from');
  // A mistake in the words is told before anything is read.
  parseCaller(from, '');
  const read = await request.facts.snapshot(async (gatherer, inForce) => {
    const { targetPlan } = await import('../collect/target-plan.ts');
    await targetPlan(target, parseCaller(from, target.namespace ?? inForce), loadRest)(gatherer, inForce);
  });
  const snapshot = imagineApplied(withSlicesOfEndpoints(read));
  const index = createIndex(snapshot);
  const namespace = await chooseNamespace(request, target, index);
  const caller = callerOf(index, parseCaller(from, namespace));
  return { snapshot, index, namespace, caller };
}
