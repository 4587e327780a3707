import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { checkReport } from '../diagnose/check-report.ts';
import { readNetwork, takesNoWords } from './read-network.ts';

/** `check`: the network of the cluster, or of one node. */
export async function runCheck(request: Request): Promise<CommandResult> {
  takesNoWords(request, 'check');
  const rules = parseSuppress(request.options.list('suppress'));
  const { snapshot, index, node } = await readNetwork(request);
  const report = checkReport(index, { source: sourceName(snapshot), node });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}
