import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { conditionOf, declaredPorts, isFinished } from '../../../../shared/model/pods.ts';
import { compareText } from '../../../../shared/util/text.ts';

/** A port that a pod takes on its node. */
export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  /** Empty for all addresses of the node. */
  readonly address: string;
}

/** The ports a pod takes on its node: hostPort, and every declared port with hostNetwork (API reference, ContainerPort). */
export function hostPortsOf(pod: Pod): readonly HostPort[] {
  return declaredPorts(pod.spec).flatMap(({ port, protocol, spec }) => {
    const number = spec.hostPort ?? (pod.spec?.hostNetwork === true ? port : 0);
    const address = spec.hostIP ?? '';
    return number === 0
      ? []
      : [{ port: number, protocol, address: address === '0.0.0.0' || address === '::' ? '' : address }];
  });
}

/** What the scheduler or the kubelet says when a host port is taken; undefined when this pod waits for something else. */
export function hostPortRefusal(
  index: ClusterIndex,
  pod: Pod,
): { readonly text: string; readonly source: string } | undefined {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  const source = `Pod ${namespace}/${name}`;
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && /free ports/.test(scheduled.message ?? ''))
    return { text: scheduled.message ?? '', source: `${source} condition PodScheduled` };
  // A pod that names its node itself is refused by the kubelet, which ends it.
  if (pod.status?.phase === 'Failed' && pod.status.reason === 'NodePorts')
    return { text: `${pod.status.reason}: ${pod.status.message ?? ''}`, source: `${source} status` };
  if (pod.spec?.nodeName !== undefined && pod.spec.nodeName !== '') return undefined;
  const said = index.events(pod, 'Pod').findLast((event) => event.reason === 'FailedScheduling');
  return said !== undefined && /free ports/.test(said.message)
    ? { text: said.message, source: `${source} event FailedScheduling` }
    : undefined;
}

/** Placed pods of all namespaces that were read which hold one of the wanted ports. */
export function holdersOf(index: ClusterIndex, wanted: readonly HostPort[]): readonly Pod[] {
  return index
    .memo('netsvc/ports/host-port-pods', () =>
      index
        .list('Pod')
        .filter((pod) => !isFinished(pod) && (pod.spec?.nodeName ?? '') !== '' && hostPortsOf(pod).length > 0),
    )
    .filter((pod) => hostPortsOf(pod).some((held) => wanted.some((want) => clash(held, want))))
    .sort((a, b) => compareText(a.metadata?.name ?? '', b.metadata?.name ?? ''));
}

function clash(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port && a.protocol === b.protocol && (a.address === '' || b.address === '' || a.address === b.address)
  );
}
