import { imagineApplied } from '../../../shared/diagnose/imagine-applied.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { type SnapshotOptions, snapshotOf } from '../../../shared/testing/builders.ts';
import { withoutOwnFault } from '../../../shared/testing/own-fault.ts';
import { diagnoseService } from '../diagnose/diagnose-service.ts';

/** The report on Service `namespace/name` (namespace `shop` when none is given) in a cluster of these objects. */
export function diagnoseObjects(
  objects: readonly KubeObject[],
  target: string,
  options: SnapshotOptions & { readonly from?: string; readonly sweep?: boolean } = {},
): Report {
  const index = createIndex(imagineApplied(snapshotOf(objects, options)));
  const [namespace = '', name = ''] = target.includes('/') ? target.split('/') : ['shop', target];
  const service = index.get('Service', namespace, name);
  if (service === undefined) throw new Error(`no Service ${namespace}/${name} among the objects`);
  const caller = options.from?.split('/');
  const report = diagnoseService(index, service, {
    source: 'snapshot test',
    ...(options.sweep === undefined ? {} : { sweep: options.sweep }),
    ...(caller === undefined ? {} : { from: { namespace: caller[0] ?? '', pod: caller[1] ?? '' } }),
  });
  return withoutOwnFault(report);
}

/** The codes of the causes, best first. */
export function causeCodes(report: Report): readonly string[] {
  return report.causes.map((cause) => cause.code);
}
