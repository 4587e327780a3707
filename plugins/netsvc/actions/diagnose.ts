import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { commandNames } from '../../../shared/cli/near-command.ts';
import { parseSuppress, suppressedBy } from '../../../shared/cli/parse-suppress.ts';
import { parseTarget } from '../../../shared/cli/parse-target.ts';
import { TARGET_KINDS } from '../../../shared/cli/target-kinds.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import type { DiagnoseOptions } from '../diagnose/diagnose-service.ts';
import { readTarget } from './read-target.ts';

/** What judges and prints a report. */
function loadRest(): Promise<unknown> {
  return Promise.all([
    import('./diagnose-target.ts'),
    import('../../../shared/cli/same-facts.ts'),
    import('../../../shared/report/same-facts.ts'),
    import('../../../shared/report/format.ts'),
    import('../../../shared/report/format-table.ts'),
  ]);
}

/** `diagnose`: the Services that the target means, each judged, one report. */
export async function runDiagnose(request: Request): Promise<CommandResult> {
  if (request.args.length === 0) {
    throw new UsageError('diagnose needs the name of a Service', 'To see all Services: kubectl netsvc check');
  }
  const target = parseTarget(request.args, TARGET_KINDS);
  const rules = parseSuppress(request.options.list('suppress'));
  const { snapshot, index, namespace, caller } = await readTarget(request, target, loadRest);
  const options: DiagnoseOptions = {
    source: sourceName(snapshot),
    command: 'netsvc diagnose',
    ...(caller === undefined ? {} : { from: caller }),
  };
  const { diagnoseTarget } = await import('./diagnose-target.ts');
  const report = diagnoseTarget(index, target, namespace, options, commandNames(request.plugin));
  const service = index.get('Service', namespace, target.name);
  const accepted = target.kind === 'Service' && service !== undefined ? suppressedBy(service) : [];
  return { type: 'report', report: withProblems(suppressReport(report, [...rules, ...accepted]), snapshot) };
}
