import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { mtuReport } from '../diagnose/mtu-report.ts';
import { readNetwork, takesNoWords } from './read-network.ts';

/** `mtu`: what fits, node by node. */
export async function runMtu(request: Request): Promise<CommandResult> {
  takesNoWords(request, 'mtu');
  const rules = parseSuppress(request.options.list('suppress'));
  const { snapshot, index, node } = await readNetwork(request);
  const report = mtuReport(index, { source: sourceName(snapshot), node });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}
