import type { Options } from '../../../shared/cli/command.ts';
import { ClusterError } from '../../../shared/kube/ports.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';

/**
 * Why a dump must be judged by itself: the cluster that was not asked for in so many words is not to be reached. Throws
 * what was caught where it is anything else, a misspelt --context say.
 */
export function whyAlone(error: unknown, { connection }: Options): string {
  if (!(error instanceof ClusterError)) throw error;
  const { namespace: _, requestTimeout: __, ...named } = connection;
  if (error.kind === 'config' && Object.keys(named).length > 0) throw error;
  return error.message;
}

/** Facts of nothing at all. */
export function noFacts(now: Date): Snapshot {
  return {
    takenAt: now.toISOString(),
    source: { type: 'snapshot', name: 'dump' },
    objects: {},
    coverage: [],
    logs: [],
    tools: [],
    problems: [],
  };
}
