import { isAddress, type Target } from '../../../shared/cli/parse-target.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../shared/model/objects.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { topOwner } from '../../../shared/model/owners.ts';
import { type Ref, refKey } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { ingressFindings } from '../checks/ingress/ingress-findings.ts';
import { nearestWorkloads } from '../checks/selector/nearest-workloads.ts';
import { combineReports } from '../diagnose/combine-reports.ts';
import { diagnosePods, podSetOf } from '../diagnose/diagnose-pods.ts';
import { type DiagnoseOptions, diagnoseService } from '../diagnose/diagnose-service.ts';
import { subjectOf } from '../service-subject.ts';
import { addressReport } from '../targets/address-report.ts';
import { meantServices, resolveServices } from '../targets/resolve-services.ts';
import { missingReport, noServiceReport, unseenReport } from '../targets/target-reports.ts';

/** The report on whatever the target leads to. */
export function diagnoseTarget(
  index: ClusterIndex,
  target: Target,
  namespace: string,
  options: DiagnoseOptions,
  commands: readonly string[] = [],
): Report {
  const frame = { index, source: options.source, command: options.command ?? 'netsvc diagnose' };
  const combined = { command: frame.command, source: frame.source, takenAt: index.takenAt };
  const judge = (services: readonly Service[], via?: Ref): readonly Report[] =>
    services.map((service) => diagnoseService(index, service, { ...options, ...(via === undefined ? {} : { via }) }));
  if (isAddress(target.name)) return addressReport(frame, target, namespace, 'kubectl netsvc');
  const found = resolveServices(index, target, namespace);
  switch (found.type) {
    case 'missing':
      return missingReport(frame, target, namespace, 'kubectl netsvc', commands);
    case 'unseen':
      return unseenReport(frame, target, namespace, found.reason);
    case 'noService': {
      const meant = judge(meantServices(index, found.via, found.labels)).filter(({ verdict }) => verdict !== 'healthy');
      if (meant.length === 0) {
        const own = diagnosePods(index, podSetOf(index, found.via, found.labels), options.source);
        return noServiceReport(frame, found.via, found.labels, own);
      }
      return combineReports({ ...combined, via: found.via }, meant);
    }
    case 'services': {
      const reports = judge(found.services, found.via);
      const [only] = reports;
      if (found.via === undefined && only !== undefined) return only;
      const { labels } = found;
      const beside = labels === undefined || found.via === undefined ? [] : missing(index, found.via, labels);
      const told = new Set(reports.flatMap(({ causes, target: of }) => (causes.length === 0 ? [] : (of?.name ?? []))));
      const own =
        found.ingress === undefined
          ? {}
          : { own: { group: 'ingress', findings: ingressFindings(index, found.ingress, index.now, told) } };
      const via = found.via ?? { kind: target.kind, namespace, name: target.name };
      return combineReports({ ...combined, via, ...own }, [...reports, ...judge(beside, found.via).filter(misses)]);
    }
  }
}

/** Services that select nobody, beside those that select the pods of this object, which are the nearest to what they want. */
function missing(index: ClusterIndex, via: Ref, labels: Labels): readonly Service[] {
  const { namespace = '', name } = via;
  const pod = via.kind === 'Pod' ? index.get('Pod', namespace, name) : undefined;
  const owner = refKey((pod && topOwner(index, pod)) ?? via);
  return meantServices(index, via, labels).filter((service) => {
    const [nearest] = nearestWorkloads(index, subjectOf(service), namespace);
    return nearest !== undefined && refKey(nearest.ref) === owner;
  });
}

function misses({ causes }: Report): boolean {
  return causes[0]?.code === 'SVC101';
}
