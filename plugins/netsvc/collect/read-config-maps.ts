import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Container, Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';

const MAX_CONFIG_MAPS = 10;
/** They may be large, and are listed for their names. */
const MAX_LISTED = 50;

/** The ConfigMaps that tell containers where to listen: through their environment, or as mounted configuration. */
export async function readConfigMaps(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const names = new Map<string, { namespace: string; name: string }>();
  for (const pod of pods) {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    const mounted = (pod.spec?.volumes ?? []).flatMap((volume) => volume.configMap?.name ?? []);
    for (const name of [...containers.flatMap(inEnvironment), ...mounted]) {
      // Every namespace has it, every pod mounts it, and it says nothing about ports.
      if (name === 'kube-root-ca.crt') continue;
      names.set(`${namespaceOf(pod)}/${name}`, { namespace: namespaceOf(pod), name });
    }
  }
  await Promise.all(
    [...names.values()].slice(0, MAX_CONFIG_MAPS).map(async ({ namespace, name }) => {
      const found = await gatherer.get('ConfigMap', namespace, name);
      // One with a name like it may be the one that is meant.
      if (found === undefined) await gatherer.list('ConfigMap', { namespace, max: MAX_LISTED });
    }),
  );
}

function inEnvironment(container: Container): readonly string[] {
  return [
    ...(container.env ?? []).flatMap((entry) => entry.valueFrom?.configMapKeyRef?.name ?? []),
    ...(container.envFrom ?? []).flatMap((entry) => entry.configMapRef?.name ?? []),
  ];
}
