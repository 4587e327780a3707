import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nameOf } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { clusterMessages } from '../../messages/cluster.ts';
import type { ServiceSubject } from '../../service-subject.ts';

/** Endpoints on nodes that take no new pods: they serve, and are not replaced there. */
export const cordonedNodes = defineCheck<ServiceSubject>({
  id: 'netsvc/cordoned-nodes',
  group: 'cluster',
  needs: ['Node', 'EndpointSlice'],
  uses: ['Pod'],
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
    return [
      clusterMessages.SVC805.raise({
        subject: { kind: 'Node', name: hit[0] ?? '' },
        args: { nodes: joinNames(hit, 3), count: there.length, all: rows.length },
        evidence: hit.slice(0, 3).map((name) => ({ fact: 'unschedulable', source: `Node ${name} spec.unschedulable` })),
      }),
    ];
  },
});
