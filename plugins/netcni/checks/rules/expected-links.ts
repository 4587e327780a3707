import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Encapsulation } from '../../../../shared/datapath/cni/setup.ts';
import { flannelOf } from '../../../../shared/datapath/nodes.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Node } from '../../../../shared/model/objects.ts';

/** An interface that the network plugin makes on every node. */
export interface ExpectedLink {
  readonly link: string;
  readonly shape: RegExp;
  readonly effect: string;
}

const TUNNEL = 'its pods reach no pod on other nodes';
/** What is lost with the port by which the node itself speaks to its pods. */
export const GATEWAY = 'the node does not reach its pods: probes fail, and what they send outside is lost';

function one(link: string, shape: RegExp, effect = TUNNEL): readonly ExpectedLink[] {
  return [{ link, shape, effect }];
}

/** Interfaces that a node of this network has, whatever pods run on it; none where the settings leave a choice. */
export function expectedLinks(index: ClusterIndex, node: Node): readonly ExpectedLink[] {
  const { primary } = detectNetwork(index);
  if (flannelOf(node, 4)?.backend === 'vxlan') return one('flannel.1', /^flannel\.\d+$/);
  const wrapped = (wrapping: Encapsulation['wrapping']): boolean =>
    primary?.encapsulations.some(({ value }) => value.wrapping === wrapping) === true;
  switch (primary?.name) {
    case 'Antrea':
      // Its name can be set (hostGateway), and without tunnels it is not always there.
      return wrapped('none') ? [] : one('antrea-gw0', /^(antrea-gw0|\S*-gw0|gw0)$/, GATEWAY);
    case 'OVN-Kubernetes':
      return one('ovn-k8s-mp0', /^ovn-k8s-mp0/, GATEWAY);
    case 'Cilium':
      return [
        ...one('cilium_host', /^cilium_host$/, GATEWAY),
        ...(wrapped('vxlan') ? one('cilium_vxlan', /^cilium_vxlan$/) : []),
        ...(wrapped('geneve') ? one('cilium_geneve', /^cilium_geneve$/) : []),
      ];
    case 'Calico':
      if (primary.dataplane?.value === 'eBPF') return [];
      return [
        ...(wrapped('vxlan') ? one('vxlan.calico', /^vxlan(-v6)?\.calico$/) : []),
        ...(wrapped('ipip') ? one('tunl0', /^tunl0$/) : []),
      ];
    case 'Weave Net':
      return one('weave', /^weave$/, 'its pods reach nobody');
    default:
      return [];
  }
}
