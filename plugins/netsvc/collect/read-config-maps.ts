import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Container, Pod } from '../../../shared/model/objects-pod.ts';
import { isReady } from '../../../shared/model/pods.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';

const MAX_CONFIG_MAPS = 10;
/** They may be large, and are listed for their names. */
const MAX_LISTED = 50;

/** The ConfigMaps that tell containers where to listen: through their environment, or as mounted configuration. */
export async function readConfigMaps(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const wanted = new Map<string, { readonly namespace: string; readonly name: string; readonly waits: boolean }>();
  for (const pod of pods) {
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    const mounted = (pod.spec?.volumes ?? []).flatMap((volume) => volume.configMap?.name ?? []);
    for (const name of [...containers.flatMap(inEnvironment), ...mounted]) {
      // Every namespace has it, every pod mounts it, and it says nothing about ports.
      if (name === 'kube-root-ca.crt') continue;
      const namespace = namespaceOf(pod);
      const key = `${namespace}/${name}`;
      wanted.set(key, { namespace, name, waits: wanted.get(key)?.waits === true || !isReady(pod) });
    }
  }
  await Promise.all(
    [...wanted.values()].slice(0, MAX_CONFIG_MAPS).map(async ({ namespace, name, waits }) => {
      const found = await gatherer.get('ConfigMap', namespace, name);
      // One with a name like it may be the one that a pod waits for; those that are ready have had theirs.
      if (found === undefined && waits) await gatherer.list('ConfigMap', { namespace, max: MAX_LISTED });
    }),
  );
}

function inEnvironment(container: Container): readonly string[] {
  return [
    ...(container.env ?? []).flatMap((entry) => entry.valueFrom?.configMapKeyRef?.name ?? []),
    ...(container.envFrom ?? []).flatMap((entry) => entry.configMapRef?.name ?? []),
  ];
}
