import type { Evidence } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { formatRef, refOf } from '../../../../shared/model/refs.ts';
import { joinNames, shorten } from '../../../../shared/util/text.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { holdersOf, hostPortRefusal, hostPortsOf } from '../ports/host-ports.ts';

/** How K3s ServiceLB labels the pods that it runs for a Service, each of which takes the port of the Service on its node. */
const NAME = 'svccontroller.k3s.cattle.io/svcname';
const NAMESPACE = 'svccontroller.k3s.cattle.io/svcnamespace';

export interface StuckServiceLb {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** Why ServiceLB gives no address: no node has the port of the Service free, and who holds it. */
export function stuckServiceLb(index: ClusterIndex, subject: ServiceSubject): StuckServiceLb | undefined {
  const own = index.list('Pod').filter((pod) => servedBy(pod) === `${subject.namespace}/${subject.name}`);
  for (const pod of own) {
    const refusal = hostPortRefusal(index, pod);
    if (refusal === undefined) continue;
    const ports = hostPortsOf(pod);
    const holders = holdersOf(index, ports).filter((holder) => !own.includes(holder));
    const names = [...new Set(holders.map(holderName))];
    const wanted = joinNames(
      ports.map(({ port, protocol }) => `${port}/${protocol}`),
      3,
    );
    return {
      reason:
        `K3s ServiceLB finds no node with host port ${wanted} free` +
        (names.length === 0 ? '' : `: held by ${joinNames(names, 2)}`),
      evidence: [
        { fact: shorten(refusal.text, 200), source: refusal.source },
        ...holders.slice(0, 2).map((holder) => ({
          fact: `holds host port ${joinNames(
            hostPortsOf(holder).map(({ port, protocol }) => `${port}/${protocol}`),
            3,
          )} on node ${holder.spec?.nodeName ?? ''}`,
          source: formatRef(refOf(holder, 'Pod')),
        })),
      ],
    };
  }
  return undefined;
}

function servedBy(pod: Pod): string | undefined {
  const { [NAME]: name, [NAMESPACE]: namespace } = pod.metadata?.labels ?? {};
  return name === undefined ? undefined : `${namespace ?? ''}/${name}`;
}

/** The Service for which ServiceLB holds the port, or the pod that holds it. */
function holderName(pod: Pod): string {
  const served = servedBy(pod);
  return served === undefined ? formatRef(refOf(pod, 'Pod')) : `Service ${served}`;
}
