import { isApplied } from '../model/applied.ts';
import type { KindName } from '../model/kinds.ts';
import type { KubeObject, Labels } from '../model/objects.ts';
import type { Service } from '../model/objects-network.ts';
import type { Container, Pod } from '../model/objects-pod.ts';
import type { Workload } from '../model/objects-workload.ts';
import { otherWorkloads } from '../model/other-workloads.ts';
import { WORKLOAD_KINDS } from '../model/owners.ts';
import { probeOf, probePort, probePortNumber } from '../model/pod-state-probe.ts';
import { POD_INDEX_LABEL, POD_NAME_LABEL } from '../model/pods.ts';
import { matchesLabels } from '../model/selectors.ts';
import { selectorOf } from '../model/services.ts';
import type { Coverage, Snapshot } from '../model/snapshot.ts';
import { standInPod } from '../policy/rules/stand-ins.ts';

/**
 * Manifests that were never applied have no pods to look at. They are judged as if they had been applied and every pod
 * had started: selectors, ports, policies and Ingresses can be wrong on paper already. Snapshots of a cluster come back
 * as they are.
 */
export function imagineApplied(snapshot: Snapshot): Snapshot {
  const namespaces = neverApplied(snapshot);
  if (namespaces.size === 0) return snapshot;
  const objects: Record<string, readonly KubeObject[]> = { ...snapshot.objects };
  const pods: Pod[] = (snapshot.objects.Pod ?? []).map((pod) => (isIn(pod, namespaces) ? started(pod) : pod));
  for (const kind of WORKLOAD_KINDS) {
    const all = snapshot.objects[kind];
    if (all === undefined) continue;
    objects[kind] = all.map((workload) => (isIn(workload, namespaces) ? rolledOut(workload) : workload));
    for (const workload of all) {
      if (isIn(workload, namespaces) && serves(kind, workload)) {
        pods.push(...members(kind, workload, snapshot.objects.Service).map(started));
      }
    }
  }
  const others = otherWorkloads(snapshot.others ?? {});
  for (const { kind, object } of others)
    if (isIn(object, namespaces) && serves(kind, object)) pods.push(started(standInPod(kind, object)));
  objects.Pod = pods;
  const coverage: Coverage[] = [...namespaces].map((namespace) => ({ kind: 'Pod', namespace, status: 'ok' }));
  const names = [...namespaces].sort().join(', ');
  const message = `the manifests of ${names} were never applied: judged as if their pods had started`;
  return {
    ...snapshot,
    objects: objects as Snapshot['objects'],
    coverage: [
      ...snapshot.coverage.filter((entry) => !(entry.kind === 'Pod' && namespaces.has(entry.namespace))),
      ...coverage,
    ],
    problems: [...snapshot.problems, { path: snapshot.source.name, message }],
  };
}

/**
 * Namespaces in which workloads or pods are written down and nothing was ever stored by an API server. A Service alone
 * says nothing about the pods that others may have written elsewhere, unless its pods are written in another namespace of
 * the same files.
 */
function neverApplied(snapshot: Snapshot): ReadonlySet<string> {
  const written = new Set<string>();
  const stored = new Set<string>();
  const labels: Labels[] = [];
  for (const kind of ['Pod', ...WORKLOAD_KINDS] as const satisfies readonly KindName[]) {
    for (const object of snapshot.objects[kind] ?? []) {
      const namespace = object.metadata?.namespace ?? '';
      if (isApplied(object)) stored.add(namespace);
      else {
        written.add(namespace);
        const made = kind === 'Pod' ? object : (object as Workload).spec?.template;
        labels.push(made?.metadata?.labels ?? {});
      }
    }
  }
  for (const { object } of otherWorkloads(snapshot.others ?? {})) {
    (isApplied(object) ? stored : written).add(object.metadata?.namespace ?? '');
    if (!isApplied(object)) labels.push(object.spec?.template?.metadata?.labels ?? {});
  }
  for (const service of snapshot.objects.Service ?? []) {
    const namespace = service.metadata?.namespace ?? '';
    const selector = selectorOf(service);
    if (isApplied(service)) stored.add(namespace);
    else if (selector !== undefined && labels.some((one) => matchesLabels(selector, one))) written.add(namespace);
  }
  return new Set([...written].filter((namespace) => !stored.has(namespace)));
}

function isIn(object: KubeObject, namespaces: ReadonlySet<string>): boolean {
  return namespaces.has(object.metadata?.namespace ?? '');
}

function serves(kind: string, workload: Workload): boolean {
  return kind !== 'Job' && kind !== 'CronJob' && workload.spec?.replicas !== 0;
}

/** The one pod that stands for a workload, or those of a StatefulSet that Services select by the labels of its controller. */
function members(kind: string, workload: Workload, services: readonly Service[] = []): readonly Pod[] {
  const pod = standInPod(kind, workload);
  const found = new Map<string, Pod>();
  for (const service of kind === 'StatefulSet' ? services : []) {
    const selector = selectorOf(service) ?? {};
    const at = selector[POD_INDEX_LABEL] ?? /\d+$/.exec(selector[POD_NAME_LABEL] ?? '')?.[0] ?? '';
    const name = `${workload.metadata?.name}-${at}`;
    const labels = { ...pod.metadata?.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: at };
    const exists = at !== '' && Number(at) < (workload.spec?.replicas ?? 1);
    const here = service.metadata?.namespace === workload.metadata?.namespace;
    if (exists && here && matchesLabels(selector, labels)) {
      found.set(name, { ...pod, metadata: { ...pod.metadata, name, labels } });
    }
  }
  return found.size > 0 ? [...found.values()] : [pod];
}

/** Runs, and is Ready unless one of its own probes can never pass. */
function started(pod: Pod): Pod {
  const containers = (pod.spec?.containers ?? []).map((container) => ({
    container,
    startup: mayPass(container, 'startup'),
    ready: mayPass(container, 'startup') && mayPass(container, 'readiness'),
  }));
  const ready = containers.every((one) => one.ready);
  return {
    ...pod,
    status: {
      phase: 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False', ...(ready ? {} : { reason: 'ContainersNotReady' }) },
      ],
      containerStatuses: containers.map((one) => ({
        name: one.container.name ?? '',
        ready: one.ready,
        started: one.startup,
        restartCount: 0,
        state: { running: {} },
      })),
    },
  };
}

/** The kubelet looks a port's name up in the probe's own container, and fails the probe where it finds none. */
function mayPass(container: Container, type: 'startup' | 'readiness'): boolean {
  const probe = probeOf(container, type);
  return probe === undefined || probePort(probe) === undefined || probePortNumber(probe, container) !== undefined;
}

function rolledOut(workload: Workload): Workload {
  const replicas = workload.spec?.replicas ?? 1;
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas };
  const generation = workload.metadata?.generation;
  return {
    ...workload,
    status: {
      ...counts,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      desiredNumberScheduled: 1,
      numberReady: 1,
    },
  };
}
