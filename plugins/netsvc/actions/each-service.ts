import type { Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { parseSuppress, suppressedBy } from '../../../shared/cli/parse-suppress.ts';
import { isAddress, parseTarget } from '../../../shared/cli/parse-target.ts';
import { TARGET_KINDS } from '../../../shared/cli/target-kinds.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { diagnoseService } from '../diagnose/diagnose-service.ts';
import { addressReport } from '../targets/address-report.ts';
import { resolveServices } from '../targets/resolve-services.ts';
import { missingReport, noServiceReport, unseenReport } from '../targets/target-reports.ts';
import { readTarget, type TargetFacts } from './read-target.ts';

/** What a command adds to the diagnosis of the Services: sections and data. */
export type Describe = (
  services: readonly Service[],
  facts: TargetFacts,
  reports: readonly Report[],
) => Partial<Report>;

/**
 * For commands that describe the Services of a target: their diagnosis gives verdict and first line, the description
 * takes the place of evidence and fix.
 */
export async function describeServices(request: Request, verb: string, describe: Describe): Promise<Report> {
  if (request.args.length === 0) {
    throw new UsageError(`${verb} needs the name of a Service`, `Example: kubectl netsvc ${verb} web`);
  }
  const target = parseTarget(request.args, TARGET_KINDS);
  const rules = parseSuppress(request.options.list('suppress'));
  const facts = await readTarget(request, target);
  const { index, snapshot, namespace, caller } = facts;
  const source = sourceName(snapshot);
  const command = `netsvc ${verb}`;
  const frame = { index, source, command };
  if (isAddress(target.name)) return addressReport(frame, target, namespace, `kubectl netsvc ${verb}`);
  const found = resolveServices(index, target, namespace);
  if (found.type === 'missing') return missingReport(frame, target, namespace, `kubectl netsvc ${verb}`);
  if (found.type === 'unseen') return unseenReport(frame, target, namespace, found.reason);
  if (found.type === 'noService') return noServiceReport(frame, found.via, found.labels);
  const reports = found.services.map((service) =>
    suppressReport(
      diagnoseService(index, service, { source, command, ...(caller === undefined ? {} : { from: caller }) }),
      [...rules, ...suppressedBy(service)],
    ),
  );
  const worst = [...reports].sort((a, b) => RANK[a.verdict] - RANK[b.verdict])[0];
  if (worst === undefined) return missingReport(frame, target, namespace, `kubectl netsvc ${verb}`);
  return { ...worst, layout: 'list', ...describe(found.services, facts, reports) };
}

const RANK: Readonly<Record<Report['verdict'], number>> = { broken: 0, degraded: 1, unknown: 2, healthy: 3 };
