import type { ClusterIndex } from '../../model/cluster-index.ts';
import { isFinished, podAddresses, podKey } from '../../model/pods.ts';
import type { LogSummary, Tally } from './summarise.ts';

/** The clients of a query log by the pods that have their addresses; one that no pod has stays an address. */
export function nameClients(index: ClusterIndex, summary: LogSummary): LogSummary {
  const { queries } = summary;
  if (queries === undefined) return summary;
  const pods = podsByAddress(index);
  const named = (list: readonly Tally[]): readonly Tally[] =>
    list.map(({ what, count }) => ({ what: pods.get(what) ?? what, count }));
  return {
    ...summary,
    queries: {
      ...queries,
      clients: named(queries.clients),
      failingClients: named(queries.failingClients),
      searchMissClients: named(queries.searchMissClients),
    },
  };
}

/** An address of the host network belongs to many pods and names none. */
function podsByAddress(index: ClusterIndex): ReadonlyMap<string, string> {
  return index.memo('dns/logs/pods-by-address', () => {
    const own = index.list('Pod').filter((pod) => !isFinished(pod) && pod.spec?.hostNetwork !== true);
    return new Map(own.flatMap((pod) => podAddresses(pod).map((address) => [address, `pod ${podKey(pod)}`] as const)));
  });
}
