import type { Gatherer } from '../../../shared/collect/gather/gather.ts';
import type { Container, Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOf } from '../../../shared/model/refs.ts';

const MAX_SECRETS = 10;

/**
 * Whether the Secrets exist that pods wait for: those of pods whose containers have not been made, and the registry
 * logins of pods whose image is not pulled. By name; their values are dropped while reading.
 */
export async function readMissing(gatherer: Gatherer, pods: readonly Pod[]): Promise<void> {
  const wanted = new Map<string, { readonly namespace: string; readonly name: string }>();
  for (const pod of pods) {
    for (const name of secretsOf(pod)) {
      wanted.set(`${namespaceOf(pod)}/${name}`, { namespace: namespaceOf(pod), name });
    }
  }
  await Promise.all(
    [...wanted.values()].slice(0, MAX_SECRETS).map(({ namespace, name }) => gatherer.get('Secret', namespace, name)),
  );
}

function secretsOf(pod: Pod): readonly string[] {
  if (pod.status?.phase !== 'Pending' || pod.spec?.nodeName === undefined) return [];
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  const reasons = statuses.map((status) => status.state?.waiting?.reason ?? '');
  if (reasons.some((reason) => /Image|ErrImage/.test(reason))) {
    return (pod.spec.imagePullSecrets ?? []).flatMap((entry) => entry.name ?? []);
  }
  const containers = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
  return [
    ...(pod.spec.volumes ?? []).flatMap((volume) => volume.secret?.secretName ?? []),
    ...containers.flatMap(inEnvironment),
  ];
}

function inEnvironment(container: Container): readonly string[] {
  return [
    ...(container.env ?? []).flatMap((entry) => entry.valueFrom?.secretKeyRef?.name ?? []),
    ...(container.envFrom ?? []).flatMap((entry) => entry.secretRef?.name ?? []),
  ];
}
