import type { ClusterIndex } from './cluster-index.ts';
import type { KindName } from './kinds.ts';
import type { ClusterEvent, Condition, KubeObject } from './objects.ts';
import type { Container, Pod } from './objects-pod.ts';
import { conditionOf } from './pods.ts';

/** What stands between a scheduled pod and its first container. */
export type PreparingProblem =
  | {
      readonly is: 'missing-object';
      readonly object: MountedObject;
      readonly message: string;
      readonly proven: boolean;
    }
  | { readonly is: 'mount'; readonly message: string; readonly count: number }
  | { readonly is: 'attach'; readonly message: string; readonly count: number }
  | { readonly is: 'sandbox'; readonly message: string; readonly count: number }
  | { readonly is: 'network-not-ready'; readonly message: string; readonly count: number }
  | { readonly is: 'claim'; readonly claim: string; readonly phase: string }
  /** The container runs; the kubelet tells nothing more of the pod until its postStart hook has ended. */
  | { readonly is: 'hook'; readonly container: Container }
  /** Too long without a container, and nothing tells why. */
  | { readonly is: 'unexplained'; readonly sandbox: boolean | undefined; readonly mounts: readonly MountedObject[] };

/** A Secret or ConfigMap that a volume needs; `key` when one entry of it is missing. */
export interface MountedObject {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly volume: string;
  readonly key?: string;
}

/** Images are pulled in this state too: only after this time without a word is it odd. */
const UNEXPLAINED_AFTER = 60_000;
const PULL_ALLOWANCE = 600_000;

/** The problem of a pod that is scheduled and has no container yet; undefined while nothing is odd. */
export function preparingProblem(
  index: ClusterIndex,
  pod: Pod,
  events: readonly ClusterEvent[],
  waited: number,
): PreparingProblem | undefined {
  const told = fromEvents(pod, events);
  const missing = absentObject(index, pod);
  if (missing !== undefined) {
    const message = told?.is === 'missing-object' || told?.is === 'mount' ? told.message : '';
    return { is: 'missing-object', object: missing, message, proven: true };
  }
  if (told !== undefined) return told;
  const claim = badClaim(index, pod);
  if (claim !== undefined) return claim;
  const pulling = events.some((event) => event.reason === 'Pulling');
  const hooked = pod.spec?.containers?.find(
    ({ name, lifecycle }) =>
      lifecycle?.postStart !== undefined &&
      events.some(({ reason, message }) => reason === 'Started' && message.endsWith(`ontainer ${name}`)),
  );
  // Of facts without a time of their own the wait is a lower bound.
  if (hooked !== undefined && (index.orLater || waited >= UNEXPLAINED_AFTER)) return { is: 'hook', container: hooked };
  if (waited < (pulling ? PULL_ALLOWANCE : UNEXPLAINED_AFTER)) return undefined;
  const sandbox = conditionOf(pod, 'PodReadyToStartContainers')?.status;
  return {
    is: 'unexplained',
    sandbox: sandbox === undefined ? undefined : sandbox === 'True',
    mounts: mountedObjects(pod),
  };
}

/** The latest event that tells of a failure, unless something later shows that it passed. */
function fromEvents(pod: Pod, events: readonly ClusterEvent[]): PreparingProblem | undefined {
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event === undefined) continue;
    const { reason, message, count } = event;
    if (reason === 'Pulling' || reason === 'Pulled' || reason === 'Created' || reason === 'Started') return undefined;
    if (TELLS_WHY.test(reason)) return { is: 'sandbox', message, count };
    if (reason === 'FailedCreatePodSandBox' || reason === 'FailedPodSandBoxStatus') {
      const exact = events.findLast((other) => TELLS_WHY.test(other.reason));
      if (exact !== undefined) return { is: 'sandbox', message: exact.message, count };
      return /cni plugin not initialized|NetworkPluginNotReady/.test(message)
        ? { is: 'network-not-ready', message, count }
        : { is: 'sandbox', message, count };
    }
    if (reason === 'NetworkNotReady') return { is: 'network-not-ready', message, count };
    if (reason === 'FailedAttachVolume') return { is: 'attach', message, count };
    if (reason === 'FailedMount' || reason === 'FailedMapVolume')
      return namedObject(pod, events) ?? mount(events, event);
  }
  return undefined;
}

/**
 * Controllers that give a pod its address say why they cannot; the kubelet only hears that there is none. From kubeovn/kube-ovn,
 * aws/amazon-vpc-resource-controller-k8s and ovn-org/ovn-kubernetes.
 */
const TELLS_WHY =
  /^(AcquireAddressFailed|CreateOVNPortFailed|BranchAllocationFailed|BranchENIAnnotationFailed|ErrorAddingLogicalPort|ErrorReconcilingPod)$/;

/** `Unable to attach or mount volumes … timed out` is the summary of a failure that another event tells exactly. */
function mount(events: readonly ClusterEvent[], event: ClusterEvent): PreparingProblem {
  const exact =
    events.findLast((other) => other.reason === 'FailedMount' && /MountVolume/.test(other.message)) ??
    events.findLast((other) => other.reason === 'FailedAttachVolume');
  const { message, count, reason } = exact ?? event;
  return { is: reason === 'FailedAttachVolume' ? 'attach' : 'mount', message, count };
}

const NOT_FOUND = /volume "([^"]+)" : (?:failed to sync \w+ cache|(secret|configmap) "([^"]+)" not found)/i;
const NO_KEY = /volume "([^"]+)" : (?:\w+ )?references non-existent (secret|config) key: (\S+)/i;

function namedObject(pod: Pod, events: readonly ClusterEvent[]): PreparingProblem | undefined {
  for (let at = events.length - 1; at >= 0; at--) {
    const { reason = '', message = '' } = events[at] ?? {};
    if (reason !== 'FailedMount') continue;
    const absent = NOT_FOUND.exec(message);
    if (absent?.[2] !== undefined) {
      const kind = absent[2].toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
      return {
        is: 'missing-object',
        object: { kind, name: absent[3] ?? '', volume: absent[1] ?? '' },
        message,
        proven: true,
      };
    }
    const key = NO_KEY.exec(message);
    if (key !== null) {
      const kind = key[2]?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
      const volume = key[1] ?? '';
      const name = mountedObjects(pod).find((object) => object.volume === volume && object.kind === kind)?.name ?? '';
      const object: MountedObject = { kind, name, volume, key: key[3] ?? '' };
      return { is: 'missing-object', object, message, proven: true };
    }
  }
  return undefined;
}

/** Secrets and ConfigMaps that the pod's volumes need, optional ones left out. */
export function mountedObjects(pod: Pod): readonly MountedObject[] {
  return (pod.spec?.volumes ?? []).flatMap((volume): MountedObject[] => {
    const name = volume.name ?? '';
    if (volume.secret !== undefined && volume.secret.optional !== true) {
      return [{ kind: 'Secret', name: volume.secret.secretName ?? '', volume: name }];
    }
    if (volume.configMap !== undefined && volume.configMap.optional !== true) {
      return [{ kind: 'ConfigMap', name: volume.configMap.name ?? '', volume: name }];
    }
    return (volume.projected?.sources ?? []).flatMap((source): MountedObject[] => {
      const { secret, configMap } = source as {
        secret?: { name?: string; optional?: boolean };
        configMap?: { name?: string; optional?: boolean };
      };
      // Every pod projects the cluster's root certificate; the controller manager writes it everywhere.
      if (configMap?.name === 'kube-root-ca.crt') return [];
      if (secret !== undefined && secret.optional !== true) {
        return [{ kind: 'Secret', name: secret.name ?? '', volume: name }];
      }
      if (configMap !== undefined && configMap.optional !== true) {
        return [{ kind: 'ConfigMap', name: configMap.name ?? '', volume: name }];
      }
      return [];
    });
  });
}

/** A mounted object that a whole list of its kind does not hold. */
function absentObject(index: ClusterIndex, pod: Pod): MountedObject | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  return mountedObjects(pod).find(({ kind, name }) => isAbsent(index, kind, namespace, name));
}

/** True when the kind was listed whole, or asked for this name, and there is none: absence is proven. */
export function isAbsent(index: ClusterIndex, kind: KindName, namespace: string, name: string): boolean {
  const { status, whole } = index.seen(kind, namespace, name);
  return name !== '' && status === 'ok' && whole && index.get(kind, namespace, name) === undefined;
}

/** A claim of the pod that is not bound. */
function badClaim(index: ClusterIndex, pod: Pod): PreparingProblem | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  for (const claim of claimsOf(pod)) {
    const found = index.get('PersistentVolumeClaim', namespace, claim) as Claim | undefined;
    const phase = found?.status?.phase ?? '';
    if (found !== undefined && phase !== '' && phase !== 'Bound') return { is: 'claim', claim, phase };
  }
  return undefined;
}

/** Names of the claims that a pod's volumes use. */
export function claimsOf(pod: Pod): readonly string[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    const claim = volume.persistentVolumeClaim?.claimName;
    return claim === undefined ? [] : [claim];
  });
}

/** What is read of a PersistentVolumeClaim. */
export interface Claim extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes?: readonly string[];
  };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}
