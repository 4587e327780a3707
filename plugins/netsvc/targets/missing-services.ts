import type { Evidence, Fix } from '../../../shared/messages/finding.ts';
import { isProvenAbsent } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { workloadsIn } from '../../../shared/model/owners.ts';
import { declaredPorts } from '../../../shared/model/pods.ts';
import { formatRef, nameOf, namespaceOf, type Ref, refOf } from '../../../shared/model/refs.ts';
import type { Report } from '../../../shared/report/report.ts';
import { judgeBackends } from '../checks/ingress/backends.ts';
import { meantService } from '../checks/ingress/meant-service.ts';
import { emptyReport, type Frame } from './empty-report.ts';
import { backendNames, servicesSelecting } from './resolve-services.ts';

/** The workload that bears the name of a Service which does not exist, and the way to its pods. */
export function namesake(
  index: ClusterIndex,
  name: string,
  namespace: string,
  retry: string,
): { readonly workload: string; readonly served: string; readonly fixes: readonly Fix[] } | undefined {
  const found = workloadsIn(index, namespace).find(({ kind, ref }) => ref.name === name && SERVING.has(kind));
  if (found === undefined) return undefined;
  const [service] = servicesSelecting(index, namespace, found.template?.metadata?.labels ?? {});
  const [port] = declaredPorts(found.template?.spec);
  const expose = (number: number): Fix => ({
    title: 'create the Service (the port is that of the container: set the one that callers use)',
    command: `kubectl expose deployment ${name} -n ${namespace} --port=${number}`,
    risk: 'low',
    undo: `kubectl delete service ${name} -n ${namespace}`,
  });
  const ask: Fix = {
    title: 'ask about it',
    command: `${retry} ${nameOf(service ?? {})} -n ${namespace}`,
    risk: 'none',
  };
  return {
    workload: `${found.kind} ${name}`,
    served: service === undefined ? '' : `Service ${nameOf(service)}`,
    fixes: service !== undefined ? [ask] : port !== undefined && found.kind === 'Deployment' ? [expose(port.port)] : [],
  };
}

const SERVING: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** The Ingresses that send requests to a Service which does not exist. */
export function askedBy(index: ClusterIndex, name: string, namespace: string): readonly Evidence[] {
  return index
    .list('Ingress', namespace)
    .filter((ingress) => backendNames(ingress).includes(name))
    .slice(0, 2)
    .map((ingress) => ({
      fact: `Ingress ${nameOf(ingress)} sends requests to it`,
      source: `${formatRef(refOf(ingress, 'Ingress'))} spec.rules`,
    }));
}

/** Reports on Services that do not exist and to which an Ingress sends requests; of no other Service this could be told. */
export function missingBackends(frame: Frame, namespace: string | undefined): readonly Report[] {
  const { index } = frame;
  const reports = new Map<string, Report>();
  for (const ingress of index.list('Ingress', namespace)) {
    const own = namespaceOf(ingress);
    for (const name of backendNames(ingress)) {
      if (!isProvenAbsent(index, 'Service', own, name) || meantService(index, own, name) !== undefined) continue;
      const [finding] = judgeBackends(index, ingress, { only: name });
      const ref: Ref = { kind: 'Service', namespace: own, name };
      if (finding === undefined || reports.has(`${own}/${name}`)) continue;
      reports.set(`${own}/${name}`, {
        ...emptyReport(frame, ref),
        verdict: 'broken',
        headline: finding.summary,
        causes: [finding],
      });
    }
  }
  return [...reports.values()];
}
