import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence } from '../../../../shared/messages/finding.ts';
import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../shared/model/managed-fields.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import {
  conditionOf,
  isReady,
  isTerminating,
  podAddresses,
  podKey,
  resolveTargetPort,
} from '../../../../shared/model/pods.ts';
import { formatRef, nameOf } from '../../../../shared/model/refs.ts';
import { type EndpointRow, endpointRows, isControllerSlice, slicesOf } from '../../../../shared/model/services.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { plural, shorten } from '../../../../shared/util/text.ts';
import { endpointsMessages } from '../../messages/endpoints.ts';
import { type ServiceSubject, subjectPods } from '../../service-subject.ts';
import { isOnPaper } from './on-paper.ts';

/** How far the controller may lag behind the pods before it counts as a fault, in milliseconds. */
const LAG = 30_000;

/** EndpointSlices that do not say what the pods say: the controller that writes them has stopped or cannot write. */
export const slicesStale = defineCheck<ServiceSubject>({
  id: 'netsvc/slices-stale',
  group: 'endpoints',
  needs: ['Pod', 'EndpointSlice'],
  uses: ['Event'],
  applies: (subject, { index }) => subject.selector !== undefined && !isOnPaper(index, subject),
  run: (subject, { index, now }) => {
    if (changedLately(subject, now)) return [];
    const all = endpointRows(index, subject.service);
    const rows = all.filter((row) => isControllerSlice(row.slice));
    // Slices that name no writer, or another one, hold pods as well: the controller is then not known to be late.
    const others = all.filter((row) => !isControllerSlice(row.slice));
    const pods = subjectPods(index, subject);
    const [ours, theirs] = [standing(rows), standing(others)];
    const faults = [
      ...pods.flatMap((pod) => judgePod(subject, pod, ours, theirs, now)),
      ...gone(index, subject, rows, now).map((row) => describeGone(row)),
    ];
    const [first] = faults;
    if (first === undefined) return [];
    const settled = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
    const usable = rows.filter((row) => row.ready && !faults.some((fault) => fault.row === row)).length;
    return [
      endpointsMessages.SVC506.raise({
        subject: subject.ref,
        args: {
          service: `${subject.namespace}/${subject.name}`,
          first: first.fact,
          others: faults.length - 1,
          namespace: subject.namespace,
          name: subject.name,
        },
        severity: usable === 0 ? 'critical' : 'warning',
        impact: usable === 0 ? 1 : Math.min(0.9, faults.length / Math.max(1, rows.length, settled)),
        evidence: [
          ...faults.slice(0, 5).map(({ fact, source }): Evidence => ({ fact, source })),
          ...sliceTimes(index, subject, now),
          ...controllerEvents(index, subject),
        ],
      }),
    ];
  },
});

interface Disagreement {
  readonly fact: string;
  readonly source: string;
  readonly row?: EndpointRow;
}

/** What the slices say wrongly of one pod; nothing while the controller may still be on its way. */
function judgePod(
  subject: ServiceSubject,
  pod: Pod,
  rows: RowsOf,
  others: RowsOf,
  now: number,
): readonly Disagreement[] {
  const condition = conditionOf(pod, 'Ready');
  const since = Date.parse(condition?.lastTransitionTime ?? '');
  if (isTerminating(pod) || !(now - since > LAG)) return [];
  const source = `Pod ${podKey(pod)}`;
  const families = new Set(subject.service.spec?.ipFamilies ?? ['IPv4']);
  const wanted = podAddresses(pod).filter((address) => families.has(address.includes(':') ? 'IPv6' : 'IPv4'));
  if (wanted.length === 0) return [];
  const age = ago(condition?.lastTransitionTime, now).replace(' ago', '');
  const own = rows(pod, wanted);
  if (own.length === 0) {
    if (!isReady(pod) || isLeftOut(subject, pod) || others(pod, wanted).length > 0) return [];
    return [{ fact: `pod ${nameOf(pod)} (${wanted[0]}), ready for ${age}, is in no EndpointSlice`, source }];
  }
  const published = publishesNotReady(subject);
  return own.flatMap((row) => {
    const listed = row.addresses[0] ?? '';
    const slice = formatRef({ kind: 'EndpointSlice', namespace: subject.namespace, name: nameOf(row.slice) });
    if (!podAddresses(pod).includes(listed)) {
      const fact = `EndpointSlice ${nameOf(row.slice)} gives pod ${nameOf(pod)} address ${listed}, the pod has ${wanted[0]}`;
      return [{ fact, source: slice, row }];
    }
    if (row.ready === isReady(pod) || (published && row.ready)) return [];
    const fact = isReady(pod)
      ? `pod ${nameOf(pod)} has been ready for ${age}, EndpointSlice ${nameOf(row.slice)} says not ready`
      : `pod ${nameOf(pod)} has not been ready for ${age}, EndpointSlice ${nameOf(row.slice)} says ready`;
    return [{ fact, source: slice, row }];
  });
}

/** Without any of the port names that the Service asks for a pod has nothing to be listed for; that is told elsewhere. */
function isLeftOut({ ports }: ServiceSubject, pod: Pod): boolean {
  return ports.length > 0 && ports.every((port) => resolveTargetPort(pod.spec, port) === undefined);
}

/** The rows that stand for a pod. */
type RowsOf = (pod: Pod, addresses: readonly string[]) => readonly EndpointRow[];

/** A row stands for the pod that it names, else for the one that has its address. Thousands of both are looked up once. */
function standing(rows: readonly EndpointRow[]): RowsOf {
  const found = new Map<string, EndpointRow[]>();
  for (const row of rows) {
    const target = row.endpoint.targetRef;
    const named = target?.kind === 'Pod' && target.name !== undefined;
    for (const key of named ? [`pod ${target.name}`] : row.addresses) {
      const list = found.get(key);
      if (list === undefined) found.set(key, [row]);
      else list.push(row);
    }
  }
  return (pod, addresses) => [...new Set([`pod ${nameOf(pod)}`, ...addresses].flatMap((key) => found.get(key) ?? []))];
}

/** Endpoints of pods that no longer exist; only told when all pods of the namespace were read. */
function gone(
  index: ClusterIndex,
  subject: ServiceSubject,
  rows: readonly EndpointRow[],
  now: number,
): readonly EndpointRow[] {
  if (!isWhollyRead(index, 'Pod', subject.namespace)) return [];
  return rows.filter((row) => {
    const trigger = row.slice.metadata?.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
    const quiet = !(now - Date.parse(trigger ?? '') < LAG);
    return row.ready && row.endpoint.targetRef?.kind === 'Pod' && row.pod === undefined && quiet;
  });
}

function describeGone(row: EndpointRow): Disagreement {
  const { name = '', namespace = '' } = row.endpoint.targetRef ?? {};
  return {
    fact: `EndpointSlice ${nameOf(row.slice)} still sends to ${row.addresses[0] ?? ''}, pod ${name} is gone`,
    source: `EndpointSlice ${namespace}/${nameOf(row.slice)}`,
    row,
  };
}

/** The old annotation still counts beside the field. */
function publishesNotReady({ service }: ServiceSubject): boolean {
  return (
    service.spec?.publishNotReadyAddresses === true ||
    service.metadata?.annotations?.['service.alpha.kubernetes.io/tolerate-unready-endpoints'] === 'true'
  );
}

/** A Service or selector written a moment ago: the controller has not had its turn yet. */
function changedLately({ service }: ServiceSubject, now: number): boolean {
  const times = [service.metadata?.creationTimestamp, lastChange(service, ['spec', 'selector'])?.time];
  return times.some((time) => now - Date.parse(time ?? '') < LAG);
}

function sliceTimes(index: ClusterIndex, subject: ServiceSubject, now: number): readonly Evidence[] {
  const slices = slicesOf(index, subject.service);
  if (slices.length === 0) {
    return [
      {
        fact: `no EndpointSlice carries kubernetes.io/service-name=${subject.name}`,
        source: `EndpointSlices of namespace ${subject.namespace}`,
      },
    ];
  }
  const times = slices.flatMap((slice) => {
    const time = slice.metadata?.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
    return time === undefined ? [] : [time];
  });
  const newest = times.sort().at(-1);
  if (newest === undefined) return [];
  return [
    {
      fact: `${plural(slices.length, 'EndpointSlice')} last changed ${ago(newest, now)} (${newest})`,
      source: `EndpointSlices of Service ${subject.namespace}/${subject.name}`,
    },
  ];
}

function controllerEvents(index: ClusterIndex, subject: ServiceSubject): readonly Evidence[] {
  return index
    .events(subject.service, 'Service')
    .filter((event) => /^Failed(ToUpdate|ToCreate|ToDelete|ToSync)Endpoint/.test(event.reason))
    .slice(-1)
    .map((event) => ({
      fact: `${event.reason} ×${event.count}: ${shorten(event.message, 200)}`,
      source: `Event on ${formatRef(subject.ref)}`,
    }));
}
