import type { Node } from './objects.ts';

/** Nodes that stand for a service of a cloud (Fargate, ACI), for another cluster or for nothing at all: no DaemonSet runs there. */
export function isVirtualNode({ metadata, spec }: Node): boolean {
  const labels = metadata?.labels ?? {};
  return (
    labels.type === 'virtual-kubelet' ||
    labels['eks.amazonaws.com/compute-type'] === 'fargate' ||
    labels['liqo.io/type'] === 'virtual-node' ||
    labels['kubernetes.azure.com/cluster-type'] === 'virtual-node' ||
    metadata?.annotations?.['kwok.x-k8s.io/node'] === 'fake' ||
    (spec?.taints ?? []).some(({ key = '' }) => key.startsWith('virtual-kubelet.io/') || key === 'kwok.x-k8s.io/node')
  );
}

/** Virtual nodes, those of EKS Auto Mode and of KubeEdge, whose machine brings network and kube-proxy: agents of neither belong there. */
export function bringsItsNetwork(node: Node): boolean {
  return (
    isVirtualNode(node) ||
    node.metadata?.labels?.['eks.amazonaws.com/compute-type'] === 'auto' ||
    /-kubeedge-/.test(node.status?.nodeInfo?.kubeletVersion ?? '')
  );
}
