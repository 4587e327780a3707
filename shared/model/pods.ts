import type { IntOrString } from './objects.ts';
import type { ServicePort } from './objects-network.ts';
import type { Container, ContainerPort, ContainerStatus, Pod, PodSpec } from './objects-pod.ts';

/** The labels that the StatefulSet controller adds to each pod: its name, and the number in it. */
export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** Succeeded and Failed pods hold no address and serve nobody; they are not endpoints any more. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Marked for deletion; it may still serve until its grace period ends. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

/**
 * The pod's Ready condition, which is what the EndpointSlice controller goes by; its containers where a dump that was cut
 * holds no condition.
 */
export function isReady(pod: Pod): boolean {
  const { phase, conditions = [], containerStatuses = [] } = pod.status ?? {};
  if (conditions.length > 0) return conditionOf(pod, 'Ready')?.status === 'True';
  return phase === 'Running' && containerStatuses.length > 0 && containerStatuses.every(({ ready }) => ready === true);
}

/** A condition of the pod by its type. */
export function conditionOf(
  pod: Pod,
  type: string,
): NonNullable<NonNullable<Pod['status']>['conditions']>[number] | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the pod changed readiness after a container of it started: what is not ready then has been, in this run. */
export function wasReadySince(pod: Pod, startedAt: string | undefined): boolean {
  const changed = Date.parse(conditionOf(pod, 'Ready')?.lastTransitionTime ?? '');
  // Times in the status are whole seconds; the start itself sets the condition.
  return changed > Date.parse(startedAt ?? '') + 1000;
}

/** `namespace/name`, the key by which findings name pods. */
export function podKey(pod: Pod): string {
  return `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
}

/** The field selector for the pods that have an address as their first one; others are no field of the API. */
export function podAddressField(address: string): string {
  return `status.podIP=${address}`;
}

/** All addresses of a pod, both families; empty before the sandbox is made. */
export function podAddresses(pod: Pod): readonly string[] {
  const list: string[] = [];
  for (const { ip } of pod.status?.podIPs ?? []) if (ip !== undefined && ip !== '') list.push(ip);
  if (list.length > 0) return list;
  const single = pod.status?.podIP;
  return single === undefined || single === '' ? [] : [single];
}

/** A container that runs beside the others for the pod's life, with what the kubelet says of it. */
export interface RunningContainer {
  readonly name: string;
  readonly spec: Container;
  readonly status: ContainerStatus | undefined;
  /** An init container with restartPolicy Always (KEP-753). */
  readonly nativeSidecar: boolean;
}

/** Native sidecars first, then the app containers: all that take part in the pod's readiness. */
export function runningContainers(pod: Pod): readonly RunningContainer[] {
  const statuses = pod.status;
  return [
    ...(pod.spec?.initContainers ?? [])
      .filter((container) => container.restartPolicy === 'Always')
      .map((spec) => joinStatus(spec, statuses?.initContainerStatuses, true)),
    ...(pod.spec?.containers ?? []).map((spec) => joinStatus(spec, statuses?.containerStatuses, false)),
  ];
}

/** Init containers that must end before the app starts, in their order. */
export function initContainers(pod: Pod): readonly RunningContainer[] {
  return (pod.spec?.initContainers ?? [])
    .filter((container) => container.restartPolicy !== 'Always')
    .map((spec) => joinStatus(spec, pod.status?.initContainerStatuses, false));
}

function joinStatus(
  spec: Container,
  statuses: readonly ContainerStatus[] | undefined,
  nativeSidecar: boolean,
): RunningContainer {
  const name = spec.name ?? '';
  return { name, spec, status: statuses?.find((status) => status.name === name), nativeSidecar };
}

/** A declared port and the container that declares it. */
export interface DeclaredPort {
  readonly container: string;
  readonly name: string | undefined;
  readonly port: number;
  readonly protocol: string;
  readonly spec: ContainerPort;
}

/** All declared ports of app containers and native sidecars. Declaring is optional: an undeclared port may well listen. */
export function declaredPorts(spec: PodSpec | undefined): readonly DeclaredPort[] {
  const sidecars = (spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [...(spec?.containers ?? []), ...sidecars].flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      port.containerPort === undefined
        ? []
        : [
            {
              container: container.name ?? '',
              name: port.name,
              port: port.containerPort,
              protocol: port.protocol ?? 'TCP',
              spec: port,
            },
          ],
    ),
  );
}

/** The targetPort in force: the port itself when none is given (API reference, ServicePort). */
export function targetPortOf(port: ServicePort): IntOrString {
  return port.targetPort === undefined || port.targetPort === 0 || port.targetPort === ''
    ? (port.port ?? 0)
    : port.targetPort;
}

/**
 * The number a Service port means on one pod: a number as it is, a name resolved among the declared ports of the same
 * protocol. Undefined when the pod declares no such name: the endpoint controller then leaves the pod out.
 */
export function resolveTargetPort(spec: PodSpec | undefined, port: ServicePort): number | undefined {
  const target = targetPortOf(port);
  if (typeof target === 'number') return target;
  const protocol = port.protocol ?? 'TCP';
  return declaredPorts(spec).find((declared) => declared.name === target && declared.protocol === protocol)?.port;
}

/** `http 80→8080/TCP`, or `80→web/TCP` for an unnamed port with a named target. */
export function formatServicePort(port: ServicePort): string {
  const name = port.name === undefined || port.name === '' ? '' : `${port.name} `;
  return `${name}${port.port ?? 0}→${targetPortOf(port)}/${port.protocol ?? 'TCP'}`;
}
