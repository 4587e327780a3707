import { detectNetwork } from '../../../shared/datapath/cni/detect.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { isFinished, podAddresses } from '../../../shared/model/pods.ts';
import { inRange, parseAddress } from '../../../shared/util/addresses.ts';
import { type NodeFacts, nodeFacts, podsByNode } from './nodes.ts';

/** Pods have a network, and no plugin that is known gives it to them. */
export interface UnknownNetwork {
  /** A DaemonSet that puts files where the container runtime looks for network plugins. */
  readonly installer: Workload | undefined;
  /** Pods have addresses of the podCIDR of their node. */
  readonly podCIDR: boolean;
  /** Nobody in the cluster writes routes between the nodes: a bridge on each node, and routes by hand or of a router. */
  readonly byHand: boolean;
}

/** Clouds whose own network carries the ranges of pods. */
const CLOUD =
  /^(aws|gce|azure|openstack|hcloud|digitalocean|linode|vultr|alicloud|oci|ibm|scaleway|qcloud|huaweicloud)/;

/** The network of a cluster whose plugin is not known; undefined where one is, or where nothing may be said of it. */
export function unknownNetwork(index: ClusterIndex): UnknownNetwork | undefined {
  return index.memo('netcni/unknown-network', () => {
    if (detectNetwork(index).primary !== undefined || !isWhollyRead(index, 'DaemonSet')) return undefined;
    const nodes = nodeFacts(index).filter(({ standing, takesAgents }) => standing === 'ready' && takesAgents);
    if (nodes.length === 0) return undefined;
    const installer = index.list('DaemonSet').find(bringsNetwork);
    // By nodes and not by pods: one node that joined anew with another range may hold most pods of a small cluster.
    const placed = nodes.flatMap((node) => {
      const own = (podsByNode(index).get(node.name) ?? []).flatMap((pod) => isOfNode(pod, node) ?? []);
      return own.length === 0 ? [] : [own.includes(true)];
    });
    const fitting = placed.filter((own) => own).length;
    const podCIDR = fitting > 0 && fitting * 2 >= placed.length;
    const cloud = nodes.some(({ node }) => CLOUD.test(node.spec?.providerID ?? ''));
    return { installer, podCIDR, byHand: podCIDR && installer === undefined && !cloud };
  });
}

/** Whether a pod's address is of its node's podCIDR; undefined for pods that tell nothing of it. */
function isOfNode(pod: Pod, { ranges }: NodeFacts): boolean | undefined {
  if (pod.spec?.hostNetwork === true || isFinished(pod)) return undefined;
  const address = parseAddress(podAddresses(pod)[0]);
  return address === undefined ? undefined : ranges.some(({ range }) => inRange(range, address));
}

/** Whether a DaemonSet puts files where the container runtime looks for network plugins. */
export function bringsNetwork({ spec }: Workload): boolean {
  return (spec?.template?.spec?.volumes ?? []).some(({ hostPath }) =>
    /^\/(etc\/cni\/net\.d|opt\/cni\/bin|var\/lib\/rancher\/.*cni.*)\/?$/.test(hostPath?.path ?? ''),
  );
}
