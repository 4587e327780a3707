import type { CheckRun } from '../../../shared/diagnose/run-checks.ts';
import type { Finding, Fix } from '../../../shared/messages/finding.ts';

/** The note that another version of the app has ready pods and gets no requests. */
const LEFT_BEHIND = 'SVC103';

/** Where the selected version fails and another one stands ready, turning the Service to it restores it at once. */
export function withWayRound(runs: readonly CheckRun[]): readonly CheckRun[] {
  const notes = runs.flatMap(({ outcome }) => (outcome.result === 'fail' ? outcome.findings : []));
  const way = notes.find(({ code, role }) => code === LEFT_BEHIND && role === 'note')?.fixes[0];
  if (way === undefined) return runs;
  return runs.map((run) => {
    const { outcome } = run;
    if (outcome.result !== 'fail') return run;
    return { ...run, outcome: { ...outcome, findings: outcome.findings.map((one) => around(one, way)) } };
  });
}

function around(finding: Finding, way: Fix): Finding {
  if (finding.role !== 'cause' || finding.severity !== 'critical' || finding.pods === undefined) return finding;
  return { ...finding, fixes: [{ ...way, title: `${way.title} meanwhile, which is ready` }, ...finding.fixes] };
}
