import type { Fix } from '../../../shared/messages/finding.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import type { Ref } from '../../../shared/model/refs.ts';
import { patchLine } from '../../../shared/util/kubectl.ts';

/** Another dnsPolicy for the workload of a pod; nothing for a pod of its own, which keeps what it was created with. */
export function dnsPolicyFix(owner: Ref, pod: Pod, dnsPolicy: string): readonly Fix[] {
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
      undo: patch(pod.spec?.dnsPolicy ?? 'ClusterFirst'),
    },
  ];
}

/** The dnsPolicy by which a pod asks the cluster, on its own network or on that of the node. */
export function clusterPolicyFor(pod: Pod): string {
  return pod.spec?.hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
}
