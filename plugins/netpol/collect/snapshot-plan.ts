import type { RecordingPlan } from '../../../shared/cli/command.ts';
import { KINDS, type KindName } from '../../../shared/model/kinds.ts';
import { POLICY_FACT_KINDS } from '../../../shared/policy/model-of-index.ts';
import { WAYS_IN } from '../ways-in.ts';
import { readNamespaces } from './policy-plan.ts';

const BESIDE: readonly KindName[] = ['Service', ...WAYS_IN];

/** Everything that a question about the scope could read; cluster-scoped kinds and node agents are always whole. */
export const snapshotPlan: RecordingPlan = (options) => async (gatherer, namespace) => {
  const scope = options.allNamespaces ? {} : { namespace };
  await Promise.all([
    gatherer.version(),
    readNamespaces(gatherer, options.allNamespaces ? [] : [namespace]),
    ...[...POLICY_FACT_KINDS, ...BESIDE].map((kind) =>
      gatherer.list(kind, KINDS[kind].namespaced && kind !== 'DaemonSet' ? scope : {}),
    ),
  ]);
};
