import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { joinNames, plural } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { workloadsMatching } from '../selector/workloads-matching.ts';

/**
 * Where pods could not be seen, slices still tell whether anybody is ready, or else what the workload counts. Pods that
 * are there and not ready are a fault, though its root remains open; without any it may be a workload that is scaled to
 * zero on purpose.
 */
export const noReadyEndpoint = defineCheck<ServiceSubject>({
  id: 'netsvc/no-ready-endpoint',
  group: 'endpoints',
  needs: [],
  uses: ['Pod', 'EndpointSlice', ...WORKLOAD_KINDS],
  applies: (subject, { index }) =>
    subject.selector !== undefined &&
    index.seen('Pod', subject.namespace).status !== 'ok' &&
    tellsOf(index, subject) !== undefined,
  run: (subject, { index }) => {
    const told = tellsOf(index, subject);
    if (told === undefined || told.ready) return [];
    return [
      endpointsMessages.SVC516.raise({
        subject: subject.ref,
        ...(told.notReady === '' ? { severity: 'info' } : {}),
        args: {
          service: `${subject.namespace}/${subject.name}`,
          notReady: told.notReady,
          namespace: subject.namespace,
          selector: Object.entries(subject.selector ?? {})
            .map(([key, value]) => `${key}=${value}`)
            .join(','),
        },
        evidence: told.evidence,
      }),
    ];
  },
});

interface Told {
  readonly ready: boolean;
  /** Who is not ready; empty when there is nobody. */
  readonly notReady: string;
  readonly evidence: readonly Evidence[];
}

function tellsOf(index: ClusterIndex, subject: ServiceSubject): Told | undefined {
  if (index.seen('EndpointSlice', subject.namespace).status === 'ok') return slicesTell(index, subject);
  const [workload, ...others] = workloadsMatching(index, subject.namespace, subject.selector ?? {}).filter(
    ({ object }) => (object.status?.replicas ?? 0) > 0,
  );
  if (workload === undefined || others.length > 0) return undefined;
  const { replicas = 0, readyReplicas = 0 } = workload.object.status ?? {};
  const pods = replicas === 1 ? 'the one pod' : `all ${replicas} pods`;
  return {
    ready: readyReplicas > 0,
    notReady: `${pods} of ${workload.kind} ${workload.ref.name}`,
    evidence: [
      { fact: `${readyReplicas} of ${plural(replicas, 'replica')} ready`, source: `${formatRef(workload.ref)} status` },
    ],
  };
}

function slicesTell(index: ClusterIndex, subject: ServiceSubject): Told {
  const rows = endpointRows(index, subject.service);
  const names = rows.map(({ endpoint, addresses }) => endpoint.targetRef?.name ?? addresses[0] ?? '');
  return {
    ready: rows.some(({ ready }) => ready),
    notReady: joinNames([...new Set(names)], 3),
    evidence: [
      {
        fact: rows.length === 0 ? 'no endpoint at all' : `0 of ${plural(rows.length, 'endpoint')} ready`,
        source: `EndpointSlices of ${formatRef(subject.ref)}`,
      },
    ],
  };
}
