import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { Finding } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { formatRef, nameOf, namespaceOf, type Ref } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { slicesOf } from '../collect/slices-of.ts';

function slicesSeen(index: ClusterIndex, service: Service): boolean {
  const { namespace, labelSelector } = slicesOf(namespaceOf(service), nameOf(service));
  const { status, whole } = index.seen('EndpointSlice', namespace, { selector: labelSelector });
  return status !== 'ok' || whole;
}

/** Words of the pods that are repeated under the cause. */
const MOST = 3;

/**
 * Pods that say that they wait for another Service are healed there: where nothing of that Service answers, its own
 * cause takes the place of theirs, which becomes a consequence under it. `judge` looks into a Service, and gives nothing
 * for one that is being looked into already.
 */
export function withAwaitedRuns(
  runs: readonly CheckRun[],
  index: ClusterIndex,
  judge: (service: Service) => Report | undefined,
): readonly CheckRun[] {
  const rootOf = ({ name, namespace }: Ref): Finding | undefined => {
    const service = index.get('Service', namespace, name);
    // Of one whose slices were not read nothing is known.
    const report = service !== undefined && slicesSeen(index, service) ? judge(service) : undefined;
    const [cause] = report?.causes ?? [];
    return cause?.severity === 'critical' ? cause : undefined;
  };
  return runs.map((run) => {
    if (run.outcome.result !== 'fail') return run;
    const findings = run.outcome.findings.flatMap((one) => traced(one, rootOf));
    return { ...run, outcome: { ...run.outcome, findings } };
  });
}

function traced(finding: Finding, rootOf: (awaited: Ref) => Finding | undefined): readonly Finding[] {
  if (finding.role !== 'cause') return [finding];
  const found = (finding.waitsFor ?? []).flatMap((awaited) => {
    const root = rootOf(awaited);
    return root === undefined ? [] : [{ root, awaited }];
  });
  if (found.length === 0) return [finding];
  // Of two Services that are awaited neither explains the other, though the same pods wait for both.
  return found.map(({ root, awaited }, at) => inPlaceOf(finding, root, awaited, at === 0 ? finding.pods : undefined));
}

/** The name, with its namespace when that is another one. */
function placeOf({ name, namespace }: Ref, waiting: Ref): string {
  return namespace === waiting.namespace ? name : `${namespace}/${name}`;
}

function inPlaceOf(finding: Finding, root: Finding, awaited: Ref, pods: Finding['pods']): Finding {
  const { severity, impact, role, dependsOn, subject } = finding;
  const { pods: _, ...cause } = root;
  return {
    ...cause,
    summary: `${root.summary}; ${subject.kind} ${subject.name} waits for Service ${placeOf(awaited, subject)}`,
    severity,
    impact,
    role,
    confidence: finding.confidence === 'proven' ? root.confidence : 'likely',
    ...(pods === undefined ? {} : { pods }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    evidence: [
      ...root.evidence,
      { fact: `as a result: ${finding.summary}`, source: formatRef(subject) },
      ...finding.evidence.filter(({ fact }) => fact.includes(awaited.name)).slice(0, MOST),
    ],
  };
}
