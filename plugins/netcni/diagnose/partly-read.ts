import type { Check, CheckContext } from '../../../shared/diagnose/check.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import { readNamespaces } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { KINDS, type KindName } from '../../../shared/model/kinds.ts';

/**
 * Recordings and narrow rights often hold a few namespaces. What stands in them is as true as in a whole cluster: a check
 * that lacks the others tells the faults that it finds, and where it finds none, it still has not seen enough to pass.
 */
export function withPartlyRead<Subject>(
  runs: readonly CheckRun[],
  checks: readonly Check<Subject>[],
  subject: Subject,
  context: CheckContext,
): readonly CheckRun[] {
  const { index } = context;
  const lacking = checks.filter(
    ({ needs }, at) => runs[at]?.outcome.result === 'unknown' && needs.every((kind) => isSeen(index, kind)),
  );
  const again = new Map(
    runChecks(
      lacking.map((check) => ({ ...check, needs: [] })),
      subject,
      '*',
      context,
    ).map((run) => [run.id, run]),
  );
  return runs.map((run) => {
    const found = again.get(run.id);
    return run.outcome.result === 'unknown' && found?.outcome.result === 'fail' ? found : run;
  });
}

/** Read of all namespaces, or of some. */
function isSeen(index: ClusterIndex, kind: KindName): boolean {
  if (index.seen(kind).status === 'ok') return true;
  return KINDS[kind].namespaced && readNamespaces(index, kind).length > 0;
}
