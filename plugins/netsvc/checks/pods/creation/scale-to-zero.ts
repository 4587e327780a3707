import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { lastChange } from '../../../../../shared/model/managed-fields.ts';
import type { Condition, KubeObject } from '../../../../../shared/model/objects.ts';
import type { HorizontalPodAutoscaler } from '../../../../../shared/model/objects-workload.ts';
import { controllerOf, type OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { autoscalerOf, namespaceEvents, workloadEvents } from '../workloads-behind.ts';

/** Who keeps a workload at 0 on purpose, in words; undefined when nobody is known to. */
export function zeroScaler(index: ClusterIndex, workload: OwnedWorkload): string | undefined {
  const autoscaler = autoscalerOf(index, workload);
  if (autoscaler?.spec?.minReplicas === 0) {
    return `HorizontalPodAutoscaler ${autoscaler.metadata?.name ?? ''} (minReplicas 0)`;
  }
  const scaled = scaledObjectOf(index, workload);
  if (scaled !== undefined && (scaled.spec?.minReplicaCount ?? 0) === 0) {
    return `KEDA ScaledObject ${scaled.metadata?.name ?? ''} (minReplicaCount 0)`;
  }
  const kedas = autoscaler === undefined ? undefined : kedaOf(autoscaler);
  if (kedas !== undefined) return kedas;
  return (
    markOf(workload.object) ?? flaggerOf(index, workload) ?? kedaEvent(index, workload) ?? kedaManager(workload.object)
  );
}

/** Where nothing of KEDA's is at hand: who wrote the number of replicas last, which the API server takes from the program's name. */
function kedaManager(object: KubeObject): string | undefined {
  return lastChange(object, ['spec', 'replicas'])?.manager === 'keda' ? 'KEDA (it wrote spec.replicas)' : undefined;
}

/** Flagger keeps the Deployment that is worked on at 0 between releases, and serves from `NAME-primary`, which it owns. */
function flaggerOf(index: ClusterIndex, { ref }: OwnedWorkload): string | undefined {
  const primary = index.get('Deployment', ref.namespace, `${ref.name}-primary`);
  const owner = primary === undefined ? undefined : controllerOf(primary);
  return owner?.kind === 'Canary' ? `Flagger Canary ${owner.name ?? ''} (${ref.name}-primary serves)` : undefined;
}

/**
 * Dumps without KEDA's objects still hold its events: `Deactivated apps/v1.Deployment shop/web from 1 to 0`, said of the
 * ScaledObject (KEDA, "Kubernetes events emitted by KEDA").
 */
function kedaEvent(index: ClusterIndex, workload: OwnedWorkload): string | undefined {
  const { namespace = '', name } = workload.ref;
  const event = namespaceEvents(index, namespace).find(
    ({ reason, message }) =>
      reason === 'KEDAScaleTargetDeactivated' && message.split(/\s/).includes(`${namespace}/${name}`),
  );
  return event === undefined ? undefined : `KEDA ScaledObject ${event.object.name ?? ''}`;
}

interface ScaledObject extends KubeObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
    readonly minReplicaCount?: number;
    readonly idleReplicaCount?: number;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The KEDA ScaledObject of a workload; its target is a Deployment when no kind is given (KEDA, ScaledObject spec). */
function scaledObjectOf(index: ClusterIndex, workload: OwnedWorkload): ScaledObject | undefined {
  return (index.list('ScaledObject', workload.ref.namespace) as readonly ScaledObject[]).find((object) => {
    const scaled = object.spec?.scaleTargetRef;
    return scaled?.name === workload.ref.name && (scaled.kind ?? 'Deployment') === workload.kind;
  });
}

/** KEDA keeps its own HorizontalPodAutoscaler, which stays when its target is at 0. */
function kedaOf(autoscaler: HorizontalPodAutoscaler): string | undefined {
  const { name = '', labels = {} } = autoscaler.metadata ?? {};
  const object = labels['scaledobject.keda.sh/name'];
  if (object === undefined && !name.startsWith('keda-hpa-')) return undefined;
  return `KEDA ScaledObject ${object ?? name.slice('keda-hpa-'.length)}`;
}

/**
 * Marks that scalers to zero leave on the workload: KEDA, Knative, kube-downscaler, kube-green, sablier, OpenShift's
 * idler. cluster-autoscaler scales nodes and is none of them.
 */
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)keda\.sh\//, 'KEDA'],
  [/(^|\.)knative\.dev\//, 'Knative'],
  [/^downscaler\//, 'kube-downscaler'],
  [/kube-green/, 'kube-green'],
  [/^sablier\./, 'Sablier'],
  [/^idling\./, 'the idler of OpenShift'],
  [/scale-?to-?zero/, 'a scaler to zero'],
];

function markOf(object: KubeObject): string | undefined {
  const { annotations = {}, labels = {} } = object.metadata ?? {};
  for (const key of [...Object.keys(annotations), ...Object.keys(labels)].sort()) {
    const found = MARKS.find(([pattern]) => pattern.test(key));
    if (found !== undefined) return `${found[1]} (${key})`;
  }
  return undefined;
}

/** When and from how many replicas a workload was scaled to 0, as events tell it. */
export interface ScaledDown {
  readonly from: number;
  readonly time: string;
  readonly message: string;
  readonly source: string;
}

/** Reads `Scaled down replica set web-6f from 3 to 0` (before 1.27: `… web-6f to 0`) and a StatefulSet's deletions. */
export function scaledDown(index: ClusterIndex, workload: OwnedWorkload): ScaledDown | undefined {
  const events = workloadEvents(index, workload);
  const source = (kind: string, name: string): string => `${kind} ${workload.ref.namespace ?? ''}/${name}`;
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event === undefined || event.reason !== 'ScalingReplicaSet') continue;
    const match = /Scaled down replica set \S+ (?:from (\d+) )?to 0/.exec(event.message);
    if (match === null) continue;
    const { kind = '', name = '' } = event.object;
    return { from: Number(match[1] ?? 0), time: event.lastSeen, message: event.message, source: source(kind, name) };
  }
  const deleted = events.filter((event) => event.reason === 'SuccessfulDelete');
  const last = deleted.at(-1);
  if (last === undefined) return undefined;
  const ordinals = deleted.map((event) => Number(/-(\d+) in StatefulSet/.exec(event.message)?.[1] ?? -1));
  const from = workload.kind === 'StatefulSet' ? Math.max(...ordinals) + 1 : deleted.length;
  return { from, time: last.lastSeen, message: last.message, source: source(workload.kind, workload.ref.name) };
}
