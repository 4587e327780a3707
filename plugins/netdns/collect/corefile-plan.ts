import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import { serversCorefile } from '../../../shared/dns/corefile/sources.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';

/** The ConfigMaps, what mounts them, and what stands before and around the servers. */
export async function readCorefiles(gatherer: Gatherer): Promise<void> {
  await readNamespace(gatherer, 'kube-system');
  if (serversCorefile(createIndex(gatherer.finish())) !== undefined) return;
  // OpenShift keeps its DNS in a namespace of its own.
  const other = await gatherer.tryGet('Namespace', undefined, 'openshift-dns');
  if (other.status === 'ok') await readNamespace(gatherer, 'openshift-dns');
}

async function readNamespace(gatherer: Gatherer, namespace: string): Promise<void> {
  await Promise.all(
    (['ConfigMap', 'Deployment', 'DaemonSet', 'Service', 'Pod'] as const).map((kind) =>
      gatherer.list(kind, { namespace }),
    ),
  );
}
