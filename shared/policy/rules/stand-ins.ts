import type { Pod } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import type { Ref } from '../../model/refs.ts';
import { namespaceOrDefault } from '../../model/refs.ts';
import { podName } from './units.ts';

/**
 * A pod as a workload's template would make it: the same labels, ports and host network, no address and no node. Its
 * owner is the workload.
 */
export function standInPod(kind: string, workload: Workload): Pod {
  const template = kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template : workload.spec?.template;
  const name = workload.metadata?.name ?? '';
  const annotations = template?.metadata?.annotations;
  const namespace = namespaceOrDefault(workload);
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: template?.metadata?.labels ?? {},
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [{ kind, name, controller: true }],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** Whether a pod is one that `standInPod` made: no server has stored it, and it goes by the name of its workload. */
export function isStandIn({ metadata, status }: Pod): boolean {
  const [owner] = metadata?.ownerReferences ?? [];
  return metadata?.uid === undefined && status === undefined && owner !== undefined && owner.name === metadata?.name;
}

/**
 * The workload that a pod's owner references name, or the pod itself; static pods, which their Node owns, are workloads of
 * their own. Nothing is guessed from names.
 */
export function workloadOfPod(pod: Pod): Ref {
  const { metadata } = pod;
  const namespace = namespaceOrDefault({ metadata });
  const owners = metadata?.ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  if (owner === undefined || owner.kind === 'Node') return { kind: 'Pod', namespace, name: podName(pod) };
  return { kind: owner.kind || 'Pod', namespace, name: owner.name ?? '' };
}
