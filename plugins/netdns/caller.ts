import { UnseenError, UsageError } from '../../shared/cli/command.ts';
import { nearestWords } from '../../shared/cli/nearest.ts';
import { whyUnseen } from '../../shared/cli/no-namespace.ts';
import { parseTarget } from '../../shared/cli/parse-target.ts';
import type { TargetKind } from '../../shared/cli/target-kinds.ts';
import { isProvenAbsent } from '../../shared/model/absence.ts';
import type { ClusterIndex } from '../../shared/model/cluster-index.ts';
import type { Pod } from '../../shared/model/objects-pod.ts';
import { topOwner } from '../../shared/model/owners.ts';
import { isFinished } from '../../shared/model/pods.ts';
import { nameOf, type Ref } from '../../shared/model/refs.ts';
import { joinNames } from '../../shared/util/text.ts';

const KINDS: readonly TargetKind[] = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** Who asks, as the user named it. */
export interface CallerName {
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
}

/** Reads `pod/web-1`, `deploy/web`, `web-1`, `shop/web-1`, `deploy/shop/web`. Throws a UsageError. */
export function parseCaller(text: string, namespace: string): CallerName {
  const words = /^[^/]+$/.test(text) ? `pod/${text}` : text;
  if (/^(?:svc|services?)\//i.test(text)) {
    throw new UsageError(`${text} asks for no names, its pods do`, 'Name one or their workload: pod/NAME, deploy/NAME');
  }
  const target = parseTarget([words], [...KINDS, 'Service']);
  const kind = target.kind === 'Service' ? 'Pod' : target.kind;
  return { kind, namespace: target.namespace ?? namespace, name: target.name };
}

/** A pod that stands for the caller; for a workload one of its pods. Throws a UsageError when there is none. */
export function callerPod(index: ClusterIndex, { kind, namespace, name }: CallerName): Pod {
  const pods = index.list('Pod', namespace).filter((pod) => !isFinished(pod));
  const own =
    kind === 'Pod'
      ? (index.get('Pod', namespace, name) ?? undefined)
      : pods.find((pod) => isOwner(topOwner(index, pod), kind, name) || ownedDirectly(pod, kind, name));
  if (own !== undefined) return own;
  const unseen = whyUnseen(index, 'Pod', namespace);
  if (unseen !== undefined) throw new UnseenError(`${kind} ${namespace}/${name} could not be read`, unseen);
  const names =
    kind === 'Pod' ? pods.map(nameOf) : [...new Set(pods.flatMap((pod) => topOwner(index, pod)?.name ?? []))];
  const near = nearestWords(name, names);
  const what = kind === 'Pod' && isProvenAbsent(index, 'Pod', namespace, name) ? 'does not exist' : 'has no pod';
  throw new UsageError(
    `${kind} ${namespace}/${name} ${what}`,
    near.length === 0 ? `See what there is: kubectl get pods -n ${namespace}` : `Did you mean ${joinNames(near)}?`,
  );
}

function isOwner(owner: Ref | undefined, kind: string, name: string): boolean {
  return owner?.kind === kind && owner.name === name;
}

function ownedDirectly(pod: Pod, kind: string, name: string): boolean {
  return (pod.metadata?.ownerReferences ?? []).some((owner) => owner.kind === kind && owner.name === name);
}

/** The C library that a pod's images bring along, as far as their names tell. */
export function libcOf(pod: Pod | undefined): 'glibc' | 'musl' {
  return (pod?.spec?.containers ?? []).some(({ image = '' }) => /alpine|musl/i.test(image)) ? 'musl' : 'glibc';
}
