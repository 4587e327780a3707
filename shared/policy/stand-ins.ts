import type { Pod, Workload } from '../model/objects.ts';
import type { Ref } from '../model/refs.ts';

/**
 * A pod as a workload's template would make it: the same labels, ports and host network, no address and no node. Its
 * owner is the workload.
 */
export function standInPod(kind: string, workload: Workload): Pod {
  const template = kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template : workload.spec?.template;
  const name = workload.metadata?.name ?? '';
  const namespace = workload.metadata?.namespace || 'default';
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: template?.metadata?.labels ?? {},
      ownerReferences: [{ kind, name, controller: true }],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  };
}

/**
 * The workload of a pod, from its owner references alone: the Deployment behind a ReplicaSet by `pod-template-hash`, else
 * the owner itself, else the pod.
 */
export function workloadOfPod(pod: Pod): Ref {
  const { metadata } = pod;
  const namespace = metadata?.namespace || 'default';
  const owners = metadata?.ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  if (owner === undefined) return { kind: 'Pod', namespace, name: metadata?.name ?? '' };
  const { kind = '', name = '' } = owner;
  const hash = metadata?.labels?.['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', namespace, name: name.slice(0, -hash.length - 1) };
  }
  return { kind, namespace, name };
}
