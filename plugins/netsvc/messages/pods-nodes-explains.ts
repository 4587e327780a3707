/** The long texts of `pods-nodes.ts`. */
export const podsNodesExplains = {
  nodeNotReady:
    'The kubelet of the node has stopped reporting (Ready Unknown, reason NodeStatusUnknown) or reports that it cannot ' +
    'run pods (Ready False). Its pods leave every Service at once and are evicted after 5 minutes; pods of a StatefulSet, ' +
    'and pods with a volume of that node, are not made anew until the node is back or ' +
    'is deleted.\n' +
    'Bring the node back (power, network, kubelet, container runtime, disk). If it will not come back, delete the Node ' +
    'object, so that its pods are made elsewhere.',
  unclaimed:
    'The pod is bound to a node (by the scheduler, or by nodeName in the template), and no kubelet has taken it up: there ' +
    'is no start time and no container status. The node does not exist, is misspelt, or its kubelet is not running.',
  volumeSource:
    "A volume of the pod takes its files from a Secret or ConfigMap that is not in the pod's namespace or lacks a key. The " +
    'pod stays in ContainerCreating; the kubelet tries again by itself, so creating the object is enough.',
  volume:
    'The kubelet could not mount a volume; the pod stays in ContainerCreating until it can. The message tells the driver, ' +
    'the path or the server that failed.',
  attach:
    'The volume could not be attached to the node. A volume that only one node may use (ReadWriteOnce) is often still ' +
    'attached to the node of a former pod: it is released when that pod is gone, which takes some 6 minutes after a node ' +
    'has died.',
  sandbox:
    'Before the first container the runtime makes a sandbox, and the network plugin (CNI) gives it an address. That fails ' +
    'on the nodes named here. The words after "plugin type" come from the plugin.\n' +
    '`kubectl netcni` looks at the plugin: its agents, address pools and routes.',
  network:
    'The runtime reports NetworkReady=false: no network plugin is set up on the node, usually because its agent (a ' +
    'DaemonSet such as calico-node, cilium or kube-flannel-ds) does not run there or has not written its configuration.\n' +
    '`kubectl netcni` looks at the agents.',
  creating:
    'The pod is on its node and has no container yet, longer than is usual, and neither status nor events say why: events ' +
    'are kept for an hour only. Usual reasons: a volume that cannot be mounted (a missing Secret or ConfigMap, a volume ' +
    'attached elsewhere), the network plugin, a large image.',
  ended:
    'A pod in phase Succeeded or Failed has no containers any more and is taken out of the Service. A bare pod (without a ' +
    'controller) is not made anew; with restartPolicy Never or OnFailure it is not started again either.\n' +
    'Run the server as a Deployment, which replaces pods.',
  rejected:
    'The kubelet looked at the pod and refused it, so it went to phase Failed at once: OutOfcpu, OutOfmemory or OutOfpods ' +
    'when the node is full (often because nodeName in the template bypasses the scheduler), NodeAffinity when the labels of ' +
    'the node no longer match, UnexpectedAdmissionError when a device is not available, Evicted when the node was short of ' +
    'memory or disk, Preempted when a pod of higher priority needed the room.',
  terminating:
    'The pods were deleted and are in their grace period; kube-proxy still uses terminating pods that are Ready while ' +
    'there are no others, so some requests may pass. In a rollout with strategy Recreate this passes by itself; if nothing ' +
    'follows, their workload was deleted or scaled down.',
  stuck:
    'A deleted pod stays until its containers have ended and every finalizer is removed. Here the grace period is long ' +
    'over. A finalizer waits for the controller that set it; a silent node cannot confirm that the containers have ended; ' +
    'else the runtime cannot kill the process (uninterruptible input or output) or unmount a volume.\n' +
    'A StatefulSet does not make the pod anew while the old one exists. Deleting by force is safe only when the node is ' +
    'known to be off: otherwise two pods may use one volume.',
} as const;
