import type { CommandResult, Options, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { recordedNamespace } from '../../../shared/cli/only-namespace.ts';
import { parseFieldSelector } from '../../../shared/cli/parse-field-selector.ts';
import { parseSelector } from '../../../shared/cli/parse-selector.ts';
import { parseSuppress, suppressedBy } from '../../../shared/cli/parse-suppress.ts';
import { type Progress, startProgress } from '../../../shared/cli/progress.ts';
import { withSlicesOfEndpoints } from '../../../shared/collect/slices-of-endpoints.ts';
import { imagineApplied } from '../../../shared/diagnose/imagine-applied.ts';
import { withProblems } from '../../../shared/diagnose/snapshot-problems.ts';
import { type ClusterIndex, createIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Report } from '../../../shared/report/report.ts';
import { suppressReport } from '../../../shared/report/suppress.ts';
import { diagnosePods, podSetsIn } from '../diagnose/diagnose-pods.ts';
import { diagnoseService } from '../diagnose/diagnose-service.ts';
import { sweepReport } from '../diagnose/sweep-report.ts';
import { missingBackends } from '../targets/missing-services.ts';

/** Services judged before the event loop gets its turn, so that Ctrl-C is heard. */
const BATCH = 50;

/** `check`: every Service of the scope, judged on one set of facts. */
export async function runCheck(request: Request): Promise<CommandResult> {
  const { options, facts, args } = request;
  if (args.length > 0) {
    throw new UsageError('check takes no names', `One Service: kubectl netsvc ${args[0] ?? ''}`);
  }
  const { wanted, words } = choiceOf(options);
  const rules = parseSuppress(options.list('suppress'));
  const everywhere = options.boolean('all-namespaces');
  const read = await facts.snapshot(async (gatherer, namespace) => {
    const { sweepPlan } = await import('../collect/sweep-plan.ts');
    await sweepPlan(everywhere)(gatherer, namespace);
  });
  const snapshot = imagineApplied(withSlicesOfEndpoints(read));
  const index = createIndex(snapshot);
  const namespace = everywhere ? undefined : await scopeOf(request, snapshot, index);
  const services = index.list('Service', namespace).filter((service) => wanted === undefined || wanted(service));
  const source = sourceName(snapshot);
  const judge = (service: Service): Report =>
    suppressReport(diagnoseService(index, service, { source, sweep: true }), [...rules, ...suppressedBy(service)]);
  const judged = await judgeAll(services, judge, startProgress(request.runtime, 'Judging Services …'));
  const absent = wanted === undefined ? missingBackends({ index, source, command: 'netsvc check' }, namespace) : [];
  // Files of pods alone: what keeps them from serving can be told without knowing for whom.
  const bare = wanted === undefined && index.list('Service').length === 0 && index.seen('Service', '*').status !== 'ok';
  const place = request.options.string('namespace') === undefined ? undefined : namespace;
  const faulty = bare
    ? podSetsIn(index, place)
        .map((set) => diagnosePods(index, set, source))
        .filter(({ causes }) => causes.length > 0)
    : [];
  const reports = [...judged, ...[...absent, ...faulty].map((report) => suppressReport(report, rules))];
  return {
    type: 'report',
    report: withProblems(
      sweepReport({ index, source, namespace: faulty.length > 0 ? place : namespace, selector: words }, reports),
      snapshot,
    ),
  };
}

/** Which Services are meant, and the selectors as typed; both undefined for all of them. */
interface Choice {
  readonly wanted: ((service: Service) => boolean) | undefined;
  readonly words: string | undefined;
}

function choiceOf(options: Options): Choice {
  const [labels, fields] = [options.string('selector'), options.string('field-selector')];
  if (labels === undefined && fields === undefined) return { wanted: undefined, words: undefined };
  const carries = parseSelector(labels ?? '');
  const holds = parseFieldSelector(fields ?? '');
  return {
    wanted: (service) => holds(service) && matchesSelector(carries, service.metadata?.labels),
    words: [labels, fields].filter((text) => text !== undefined).join(' and '),
  };
}

/** The namespace to look at; all of a snapshot that holds several and where none was named. */
async function scopeOf(request: Request, snapshot: Snapshot, index: ClusterIndex): Promise<string | undefined> {
  const inForce = await request.facts.namespace();
  if (request.facts.kind === 'cluster' || request.options.string('namespace') !== undefined) return inForce;
  if (recordedNamespace(snapshot) !== undefined) return inForce;
  const namespaces = new Set(index.list('Service').map(namespaceOf));
  return namespaces.size > 1 ? undefined : inForce;
}

async function judgeAll(
  services: readonly Service[],
  judge: (service: Service) => Report,
  progress: Progress,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const service of services) {
    reports.push(judge(service));
    if (reports.length % BATCH !== 0) continue;
    progress.say(`Judging Services: ${reports.length} of ${services.length} …`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.stop();
  return reports;
}
