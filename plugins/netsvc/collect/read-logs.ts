import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import type { Container, ContainerStatus, Pod } from '../../../shared/model/objects-pod.ts';
import { declaredPorts, isReady, resolveTargetPort } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';

/** Causes stand in the last lines, and pods of one kind write the same. */
const TAIL_LINES = 20;
const MAX_LOGS = 6;
/** The log of a pod that is well is asked for in passing: a kubelet that answers slowly must not hold up the rest. */
const PATIENCE_MS = 1000;

interface Wanted {
  readonly pod: Pod;
  readonly container: string;
  readonly previous: boolean;
  readonly timeoutMs?: number;
}

/**
 * The last lines of containers that crash or are not ready, one pod for each container name, and of one serving pod
 * whose declared ports are not the Service's: what it listens on may be said there. With `serving` also of one of pods that
 * are all well: a dependency may refuse it. Gives what was written.
 */
export async function readLogs(
  gatherer: Gatherer,
  service: Service,
  pods: readonly Pod[],
  serving = false,
): Promise<readonly string[]> {
  const wanted = new Map<string, Wanted>();
  for (const pod of pods) {
    for (const entry of unwell(pod)) {
      const key = `${entry.container}/${entry.previous}`;
      if (!wanted.has(key)) wanted.set(key, entry);
    }
  }
  for (const entry of doubtful(service, pods)) {
    const key = `${entry.container}/false`;
    if (!wanted.has(key)) wanted.set(key, entry);
  }
  if (serving && wanted.size === 0) for (const entry of firstOf(pods)) wanted.set(entry.container, entry);
  const texts = await Promise.all(
    [...wanted.values()]
      .slice(0, MAX_LOGS)
      .map(({ pod, ...options }) =>
        gatherer.logs(namespaceOf(pod), nameOf(pod), { ...options, tailLines: TAIL_LINES }),
      ),
  );
  return texts.flatMap((text) => text ?? []);
}

function unwell(pod: Pod): readonly Wanted[] {
  if (isReady(pod)) return [];
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.flatMap((status): readonly Wanted[] => {
    const container = status.name ?? '';
    return [
      ...(hasCrashed(status) ? [{ pod, container, previous: true }] : []),
      ...(status.state?.running !== undefined && status.ready !== true ? [{ pod, container, previous: false }] : []),
      ...(status.state?.terminated !== undefined && status.state.terminated.exitCode !== 0
        ? [{ pod, container, previous: false }]
        : []),
    ];
  });
}

function hasCrashed(status: ContainerStatus): boolean {
  return (status.restartCount ?? 0) > 0 && status.lastState?.terminated !== undefined;
}

/** The container that kubectl would show, of one ready pod. */
function firstOf(pods: readonly Pod[]): readonly Wanted[] {
  const pod = pods.find((candidate) => isReady(candidate));
  const standard = pod?.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  const container = standard ?? pod?.spec?.containers?.[0]?.name;
  return pod === undefined || container === undefined
    ? []
    : [{ pod, container, previous: false, timeoutMs: PATIENCE_MS }];
}

/** All ready, but the pods do not declare the port that the Service sends to. */
function doubtful(service: Service, pods: readonly Pod[]): readonly Wanted[] {
  const pod = pods.find((candidate) => isReady(candidate));
  if (pod === undefined) return [];
  const declared = new Set(declaredPorts(pod.spec).map((port) => port.port));
  const strange = (service.spec?.ports ?? []).some((port) => {
    const target = resolveTargetPort(pod.spec, port);
    return target === undefined || !declared.has(target);
  });
  if (!strange) return [];
  return (pod.spec?.containers ?? []).map((container: Container) => ({
    pod,
    container: container.name ?? '',
    previous: false,
  }));
}
