import type { CheckContext } from '../../../shared/diagnose/check.ts';
import { reportFromRuns, whyUntold } from '../../../shared/diagnose/report-from-runs.ts';
import { type CheckRun, runChecks } from '../../../shared/diagnose/run-checks.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { isFinished } from '../../../shared/model/pods.ts';
import { refKey } from '../../../shared/model/refs.ts';
import { endpointRows } from '../../../shared/model/services.ts';
import type { Report } from '../../../shared/report/report.ts';
import { plural } from '../../../shared/util/text.ts';
import { checks } from '../checks/checks.ts';
import { type ServiceSubject, subjectOf, subjectPods } from '../service-subject.ts';
import { withAliasRuns } from './alias-runs.ts';
import { withAwaitedRuns } from './awaited-runs.ts';
import { withHeirRuns } from './heir-runs.ts';
import { APPLIED, neverApplied } from './never-applied.ts';
import { withStuckPods } from './stuck-pods.ts';
import { withWayRound } from './way-round.ts';

export interface DiagnoseOptions {
  readonly source: string;
  readonly command?: string;
  readonly from?: CheckContext['from'];
  readonly sweep?: boolean;
  readonly via?: CheckContext['via'];
  /** Keys of the Services whose pods wait for this one, directly or through others. */
  readonly awaitedBy?: ReadonlySet<string>;
}

/** Runs every check on one Service and ranks what they found. */
export function diagnoseService(index: ClusterIndex, service: Service, options: DiagnoseOptions): Report {
  const subject = subjectOf(service);
  const context: CheckContext = {
    index,
    now: index.now,
    sweep: options.sweep === true,
    ...(options.via === undefined ? {} : { via: options.via }),
    ...(options.from === undefined ? {} : { from: options.from }),
  };
  const unapplied = neverApplied(index, subject);
  const own = [
    ...unapplied,
    ...runChecks(checks, subject, subject.namespace, context),
    ...unseenCaller(index, options.from),
  ];
  const chain = new Set([...(options.awaitedBy ?? []), refKey(subject.ref)]);
  const judge = (awaited: Service): Report | undefined =>
    options.sweep === true || chain.has(refKey(subjectOf(awaited).ref))
      ? undefined
      : diagnoseService(index, awaited, { source: options.source, awaitedBy: chain });
  const whole = withHeirRuns(withAliasRuns(own, subject, context), subject, service, context);
  // What rewrites findings has nothing to do where there are none: of nearly every Service of a sweep.
  const quiet = whole.every(({ outcome }) => outcome.result !== 'fail');
  const runs = quiet ? whole : withWayRound(withStuckPods(withAwaitedRuns(whole, index, judge), index));
  const report = reportFromRuns(
    {
      command: options.command ?? 'netsvc diagnose',
      target: subject.ref,
      takenAt: index.takenAt,
      source: options.source,
      healthyHeadline: healthyHeadline(index, subject),
      essential: [APPLIED, CALLER, ...essentialChecks(subject)],
    },
    runs,
  );
  const [paper] = unapplied;
  if (report.verdict === 'unknown' && paper?.outcome.result === 'unknown')
    return { ...report, headline: paper.outcome.reason };
  // That nobody answers is known without the pods; why is not.
  const note = report.findings.find(({ code }) => code === 'SVC516');
  if (report.verdict !== 'unknown' || note === undefined) return report;
  return { ...report, headline: `${note.summary}; why could not be told: ${whyUntold(report.notChecked)}` };
}

const CALLER = 'netsvc/caller-seen';

/** What was asked for one caller is not answered without it, nor wholly without the policies that let it out. */
function unseenCaller(index: ClusterIndex, from: DiagnoseOptions['from']): readonly CheckRun[] {
  if (from === undefined) return [];
  const run = (id: string, reason: string): CheckRun => ({
    id,
    group: 'policy',
    outcome: { result: 'unknown', reason },
  });
  if (index.get('Pod', from.namespace, from.pod) === undefined)
    return [run(CALLER, `pod ${from.namespace}/${from.pod} was not seen`)];
  const { status, reason } = index.seen('NetworkPolicy', from.namespace);
  return status === 'ok' ? [] : [run('netsvc/caller-policies', `${reason} (namespace ${from.namespace})`)];
}

/** Checks without which a Service may not be called healthy. */
function essentialChecks(subject: ServiceSubject): readonly string[] {
  if (subject.type === 'ExternalName') return [];
  if (isApiServer(subject)) return [];
  if (subject.selector === undefined) return ['netsvc/selectorless-without-endpoints'];
  return ['netsvc/selector-matches-no-pod', 'netsvc/pods-not-ready'];
}

/**
 * Every API server keeps this Service's endpoints itself (pkg/controlplane/reconcilers): where they were not read, the
 * facts came from one of them all the same.
 */
function isApiServer({ namespace, name, selector }: ServiceSubject): boolean {
  return namespace === 'default' && name === 'kubernetes' && selector === undefined;
}

function healthyHeadline(index: ClusterIndex, subject: ServiceSubject): string {
  const name = `Service ${subject.namespace}/${subject.name}`;
  if (subject.type === 'ExternalName') return `${name} is an alias for ${subject.service.spec?.externalName ?? ''}`;
  const pods = subjectPods(index, subject).length;
  if (index.seen('EndpointSlice', subject.namespace).status !== 'ok' && isApiServer(subject))
    return `${name} leads to the API server, which answered`;
  if (index.seen('EndpointSlice', subject.namespace).status !== 'ok')
    return `${name}: no fault found in ${plural(pods, 'pod')}`;
  // Pods that ended stay in the slices, not ready, and are no lost endpoints.
  const rows = endpointRows(index, subject.service).filter((row) => row.pod === undefined || !isFinished(row.pod));
  const ready = rows.filter((row) => row.ready).length;
  if (rows.length === 0 && pods === 0) return `${name}: no fault found`;
  if (ready === 0 && rows.length > 0) return `${name}: no fault found, though no endpoint is ready yet`;
  return `${name} is healthy: ${ready} of ${plural(rows.length, 'endpoint')} ready`;
}
