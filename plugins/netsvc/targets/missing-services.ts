import type { Target } from '../../../shared/cli/parse-target.ts';
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

/** What the words for an object that does not exist may mean, and the lines to try. */
interface Meant {
  readonly meant: string;
  readonly fixes: readonly Fix[];
}

/** The workload that bears the name, or whose pods or ReplicaSets are named like it, and the way to its Service. */
export function namesake(
  index: ClusterIndex,
  { kind, name }: Target,
  namespace: string,
  retry: string,
): Meant | undefined {
  const called = (one: string): boolean => (kind === 'Service' && one === name) || isMadeBy(one, name);
  const [found] = workloadsIn(index, namespace)
    .filter(({ kind: of, ref }) => SERVING.has(of) && called(ref.name))
    .sort((a, b) => b.ref.name.length - a.ref.name.length);
  if (found === undefined) return undefined;
  const [service] = servicesSelecting(index, namespace, found.template?.metadata?.labels ?? {});
  const [port] = declaredPorts(found.template?.spec);
  const expose = (number: number): Fix => ({
    title: 'create the Service (the port is that of the container: set the one that callers use)',
    command: `kubectl expose deployment ${name} -n ${namespace} --port=${number}`,
    risk: 'low',
    undo: `kubectl delete service ${name} -n ${namespace}`,
  });
  const bears = found.ref.name === name && found.kind === 'Deployment';
  return {
    meant: `the pods of ${found.kind} ${found.ref.name} are selected by ${service === undefined ? 'no Service' : `Service ${nameOf(service)}`}`,
    fixes:
      service !== undefined
        ? [asking(retry, nameOf(service), namespace)]
        : [
            asking(retry, `${found.kind.toLowerCase()}/${found.ref.name}`, namespace, 'ask about its pods'),
            ...(port !== undefined && bears ? [expose(port.port)] : []),
          ],
  };
}

/** `web-7475c594d9` and `web-7475c594d9-bqsqp` are made for workload web, `db-0` for db. */
function isMadeBy(workload: string, name: string): boolean {
  return (
    name.startsWith(`${workload}-`) && /^(\d+|[a-z0-9]{5,10}(-[a-z0-9]{5})?)$/.test(name.slice(workload.length + 1))
  );
}

/** `db-0.db` is also how a pod of a headless Service is called from its own namespace. */
export function podOfService(index: ClusterIndex, { kind, name, namespace }: Target, retry: string): Meant | undefined {
  if (kind !== 'Service' || namespace === undefined) return undefined;
  if (!isProvenAbsent(index, 'Namespace', undefined, namespace)) return undefined;
  const found = index.list('Service').filter((one) => nameOf(one) === namespace);
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    meant: `${name}.${namespace} can be pod ${name} of Service ${formatRef(refOf(first, 'Service')).replace('Service ', '')}`,
    fixes: found.slice(0, 3).map((one) => asking(retry, namespace, namespaceOf(one))),
  };
}

function asking(retry: string, word: string, namespace: string, title = 'ask about it'): Fix {
  return { title, command: `${retry} ${word} -n ${namespace}`, risk: 'none' };
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
