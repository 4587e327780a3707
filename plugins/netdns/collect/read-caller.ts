import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { readKubelets } from './read-kubelets.ts';

/** What is needed to work out resolv.conf of a namespace's pods. */
export async function readCaller(gatherer: Gatherer, namespace: string): Promise<void> {
  const system = { namespace: 'kube-system' };
  await Promise.all([
    gatherer.list('Pod', { namespace }),
    gatherer.get('Service', 'kube-system', 'kube-dns'),
    gatherer.list('Service', { ...system, labelSelector: 'k8s-app in (kube-dns,coredns)' }),
    gatherer.list('ConfigMap', system),
    gatherer.list('DaemonSet', system),
    readKubelets(gatherer),
  ]);
}
