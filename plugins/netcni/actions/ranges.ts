import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress } from '../../../shared/cli/parse-suppress.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { parseCidr } from '../../../shared/util/addresses.ts';
import { rangesReport } from '../diagnose/ranges-report.ts';
import { readNetwork, takesNoWords } from './read-network.ts';

/** `ranges`: the map. */
export async function runRanges(request: Request): Promise<CommandResult> {
  takesNoWords(request, 'ranges');
  const peers = request.options.list('peer').flatMap((text) => text.split(','));
  for (const peer of peers) {
    if (parseCidr(peer) === undefined)
      throw new UsageError(`"${peer}" is no range of addresses`, 'Such as --peer 10.0.0.0/8 or --peer fd00::/8');
  }
  const rules = parseSuppress(request.options.list('suppress'));
  const { snapshot, index } = await readNetwork(request);
  const report = rangesReport(index, { source: sourceName(snapshot), peers });
  return { type: 'report', report: withProblems(suppressReport(report, rules), snapshot) };
}
