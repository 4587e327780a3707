import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { diagnoseDns } from '../diagnose/diagnose-dns.ts';

/** `check`: cluster DNS, judged on one set of facts. */
export async function runCheck(request: Request): Promise<CommandResult> {
  const { options, facts, args } = request;
  if (args.length > 0) {
    throw new UsageError('check takes no names', `One name: kubectl netdns ${args[0] ?? ''}`);
  }
  const rules = parseSuppress(options.list('suppress'));
  const named = options.boolean('all-namespaces') ? undefined : options.string('namespace');
  const snapshot = await facts.snapshot(async (gatherer) => {
    const { checkPlan } = await import('../collect/check-plan.ts');
    await checkPlan({ callers: named, ask: !options.boolean('no-ask') })(gatherer);
  });
  const index = createIndex(snapshot);
  const report = diagnoseDns(index, { source: sourceName(snapshot), callers: named });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}
