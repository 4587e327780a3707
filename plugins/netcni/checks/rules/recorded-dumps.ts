import { dumpsInSnapshot, type NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { rulesChecks } from './checks.ts';

/** The same judgements for every node whose dumps a snapshot holds; without dumps they do not apply. */
export const recordedDumpChecks: readonly Check<ClusterSubject>[] = rulesChecks.map(
  (check): Check<ClusterSubject> => ({
    id: check.id,
    group: 'dumps of nodes',
    needs: check.needs,
    ...(check.uses === undefined ? {} : { uses: check.uses }),
    applies: (subject, context) =>
      recorded(context.index, subject).some((dumps) => check.applies?.(dumps, context) !== false),
    run: (subject, context) =>
      recorded(context.index, subject)
        .filter((dumps) => check.applies?.(dumps, context) !== false)
        .flatMap((dumps) => check.run(dumps, context)),
  }),
);

function recorded(index: ClusterIndex, { node }: ClusterSubject): readonly NodeDumps[] {
  return dumpsInSnapshot(index).filter((dumps) => node === undefined || dumps.node === node);
}
