import type { Fix } from '../messages/finding.ts';
import type { PodSpec } from '../model/objects-pod.ts';
import type { Ref } from '../model/refs.ts';
import { patchLine } from '../util/kubectl.ts';

/** Another dnsPolicy for the workload of a pod; nothing for a pod of its own, which keeps what it was created with. */
export function dnsPolicyFix(owner: Ref, spec: PodSpec | undefined, dnsPolicy: string): readonly Fix[] {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(owner.kind)) return [];
  const patch = (value: string): string =>
    patchLine(owner.kind.toLowerCase(), owner.namespace, owner.name, {
      spec: { template: { spec: { dnsPolicy: value } } },
    });
  return [
    {
      title: `use dnsPolicy ${dnsPolicy} (restarts the pods)`,
      command: patch(dnsPolicy),
      risk: 'low',
      undo: patch(spec?.dnsPolicy ?? 'ClusterFirst'),
    },
  ];
}

/** The dnsPolicy by which a pod asks the cluster, on its own network or on that of the node. */
export function clusterPolicyFor(spec: PodSpec | undefined): string {
  return spec?.hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
}
