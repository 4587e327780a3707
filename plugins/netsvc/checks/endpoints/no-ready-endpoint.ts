import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type OwnedWorkload, WORKLOAD_KINDS } from '../../../../shared/model/owners.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { endpointRows } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { joinNames, plural, shorten } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { NO_ROLLOUT, newestNote } from '../pods/rollout-note.ts';
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
    const workload = told.notReady === '' ? undefined : onlyWorkload(index, subject);
    const note = workload === undefined ? NO_ROLLOUT : newestNote(index, workload.ref);
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
          undo: note.undo,
        },
        evidence: [
          ...told.evidence,
          ...(workload === undefined ? [] : conditionEvidence(workload, index.now)),
          ...note.evidence,
        ],
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
  const workload = onlyWorkload(index, subject);
  if (workload === undefined) return undefined;
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

/** The workload behind the Service, when one alone has pods. */
function onlyWorkload(index: ClusterIndex, { namespace, selector = {} }: ServiceSubject): OwnedWorkload | undefined {
  const [workload, ...others] = workloadsMatching(index, namespace, selector).filter(
    ({ object }) => (object.status?.replicas ?? 0) > 0,
  );
  return others.length > 0 ? undefined : workload;
}

/** What its controller says: since when nobody serves, and how far it has come. */
function conditionEvidence({ object, ref }: OwnedWorkload, now: number): readonly Evidence[] {
  return (object.status?.conditions ?? [])
    .filter(({ type, status, reason }) =>
      type !== 'Progressing' ? status === 'False' : reason !== 'NewReplicaSetAvailable',
    )
    .map(({ type, status, reason, message = '', lastTransitionTime }) => {
      const when = ago(lastTransitionTime, now);
      const said = message === '' ? '' : `: "${shorten(message, 160)}"`;
      return {
        fact: `condition ${type} ${status}, ${reason ?? 'no reason given'}${said}${when === '' ? '' : ` since ${when.replace(' ago', '')}`}`,
        source: `${formatRef(ref)} status.conditions`,
      };
    });
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
