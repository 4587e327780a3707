import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { ownerWorkload } from '../../../../shared/model/owners.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { matchesSelector } from '../../../../shared/model/selectors.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { target } from '../pods/containers/workload-commands.ts';

/** Endpoints on nodes that take no new pods: they serve, and are not replaced there. */
export const cordonedNodes = defineCheck<ServiceSubject>({
  id: 'netsvc/cordoned-nodes',
  group: 'cluster',
  needs: ['Node', 'EndpointSlice'],
  uses: ['Pod', 'PodDisruptionBudget', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) => {
    const names = index.memo(
      'cluster/cordoned',
      () =>
        new Set(
          index
            .list('Node')
            .filter((node) => node.spec?.unschedulable === true)
            .map(nameOf),
        ),
    );
    if (names.size === 0) return [];
    const rows = endpointRows(index, subject.service).filter((row) => row.ready);
    const there = rows.filter((row) => names.has(row.endpoint.nodeName ?? ''));
    if (there.length === 0) return [];
    const hit = [...new Set(there.map((row) => row.endpoint.nodeName ?? ''))].sort();
    const held = heldBy(
      index,
      subject,
      there.flatMap((row) => row.pod ?? []),
    );
    return [
      clusterMessages.SVC805.raise({
        subject: { kind: 'Node', name: hit[0] ?? '' },
        args: { nodes: joinNames(hit, 3), count: there.length, all: rows.length, held: held.words },
        evidence: [
          ...hit.slice(0, 3).map((name) => ({ fact: 'unschedulable', source: `Node ${name} spec.unschedulable` })),
          ...held.evidence,
        ],
        fixes: held.fixes,
      }),
    ];
  },
});

/** The budget that lets none of the pods be evicted now: whoever drains their node waits. */
function heldBy(
  index: ClusterIndex,
  { namespace }: ServiceSubject,
  pods: readonly Pod[],
): { readonly words: string; readonly evidence: readonly Evidence[]; readonly fixes: readonly Fix[] } {
  for (const budget of index.list('PodDisruptionBudget', namespace)) {
    const { disruptionsAllowed, desiredHealthy = 0, currentHealthy = 0 } = budget.status ?? {};
    const { selector } = budget.spec ?? {};
    const held = pods.find(({ metadata }) => selector !== undefined && matchesSelector(selector, metadata?.labels));
    if (disruptionsAllowed !== 0 || held === undefined) continue;
    const name = nameOf(budget);
    const fact = `disruptionsAllowed 0, desiredHealthy ${desiredHealthy}, currentHealthy ${currentHealthy}`;
    return {
      words: `; a drain waits: PodDisruptionBudget ${name} lets no pod be evicted (${currentHealthy} healthy, ${desiredHealthy} needed)`,
      evidence: [{ fact, source: `PodDisruptionBudget ${namespace}/${name} status` }],
      fixes: oneMore(index, held),
    };
  }
  return { words: '', evidence: [], fixes: [] };
}

function oneMore(index: ClusterIndex, pod: Pod): readonly Fix[] {
  const workload = ownerWorkload(index, pod);
  const replicas = workload?.object.spec?.replicas;
  if (workload === undefined || replicas === undefined) return [];
  const scale = (count: number): string => `kubectl scale ${target(workload.ref)} --replicas=${count}`;
  const title = 'let the drain go on: one pod more than the budget needs';
  return [{ title, command: scale(replicas + 1), risk: 'low', undo: scale(replicas) }];
}
