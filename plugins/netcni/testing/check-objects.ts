import { createIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Report } from '../../../shared/report/report.ts';
import { type SnapshotOptions, snapshotOf } from '../../../shared/testing/builders.ts';
import { withoutOwnFault } from '../../../shared/testing/own-fault.ts';
import { checkReport } from '../diagnose/check-report.ts';

/** The answer of `kubectl netcni` to exactly these objects. */
export function checkObjects(objects: readonly KubeObject[], options: SnapshotOptions = {}): Report {
  const index = createIndex(snapshotOf(objects, options));
  return withoutOwnFault(checkReport(index, { source: 'snapshot test', node: undefined }));
}

/** Codes of the causes, best first. */
export function codesOf({ causes }: Report): readonly string[] {
  return causes.map(({ code }) => code);
}

/** The objects with one of them changed; the kind and name say which. */
export function changed<T extends KubeObject>(
  objects: readonly KubeObject[],
  kind: string,
  name: string,
  change: (object: T) => KubeObject | undefined,
): readonly KubeObject[] {
  return objects.flatMap((object) => {
    if (object.kind !== kind || object.metadata?.name !== name) return [object];
    return change(object as T) ?? [];
  });
}
