import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { type OwnedWorkload, workloadsIn } from '../../../../shared/model/owners.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, SLICE_CONTROLLER } from '../../../../shared/model/services.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { manualEndpoints } from './manual-endpoints.ts';

/**
 * The workload that a Service without selector was most likely meant for: one that made a pod which its endpoints name,
 * or one that shares its name.
 */
export function likelyWorkload(index: ClusterIndex, subject: ServiceSubject): OwnedWorkload | undefined {
  const serving = workloadsIn(index, subject.namespace).filter(({ kind }) => kind !== 'Job' && kind !== 'CronJob');
  const pods = manualEndpoints(index, subject).flatMap(({ target }) =>
    target?.kind === 'Pod' ? (target.name ?? []) : [],
  );
  return (
    serving.find((workload) => pods.some((pod) => pod.startsWith(`${workload.ref.name}-`))) ??
    serving.find((workload) => workload.ref.name === subject.name) ??
    serving.find((workload) => {
      const labels = workload.template?.metadata?.labels ?? {};
      return labels.app === subject.name || labels['app.kubernetes.io/name'] === subject.name;
    })
  );
}

/** Gives the Service the selector of that workload, so that Kubernetes keeps its endpoints from now on. */
export function selectorFixFor(index: ClusterIndex, subject: ServiceSubject): Fix | undefined {
  const workload = likelyWorkload(index, subject);
  const labels = workload?.object.spec?.selector?.matchLabels ?? {};
  if (workload === undefined || Object.keys(labels).length === 0) return undefined;
  return {
    title: `let the Service select the pods of ${workload.ref.kind} ${workload.ref.name}`,
    command: patchLine('service', subject.namespace, subject.name, { spec: { selector: labels } }),
    risk: 'low',
    // Without a selector the controller leaves the slices alone that it has made.
    undo:
      `${patchLine('service', subject.namespace, subject.name, { spec: { selector: null } })} && ` +
      `kubectl delete endpointslices -n ${subject.namespace} -l ${SERVICE_NAME_LABEL}=${subject.name},${MANAGED_BY_LABEL}=${SLICE_CONTROLLER}`,
  };
}

/** The ports of the Service as an EndpointSlice must name them: same names, target numbers. */
export function formatPorts(
  subject: ServiceSubject,
): readonly { readonly name: string; readonly port: number; readonly protocol: string }[] {
  return subject.ports.map((port) => ({
    name: port.name ?? '',
    port: typeof port.targetPort === 'number' && port.targetPort > 0 ? port.targetPort : (port.port ?? 0),
    protocol: port.protocol ?? 'TCP',
  }));
}
