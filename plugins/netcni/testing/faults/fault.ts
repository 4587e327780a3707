import type { KubeObject, Node } from '../../../../shared/model/objects.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { event, pod, secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed } from '../check-objects.ts';
import { crashing, waitingPod, withReady } from '../networks/parts.ts';

/** One fault in one network: what the answer must be. */
export interface NetworkFault {
  readonly objects: () => readonly KubeObject[];
  /** The code of the first cause. */
  readonly code: string;
  /** Words that the first line or its evidence must hold, the node's name among them. */
  readonly words: readonly string[];
  /** Nothing is broken: it is told as a finding, and the verdict stays healthy. */
  readonly note?: true;
  /** A second cause beside the first, which is no consequence of it. */
  readonly second?: string;
  /** Networks that come near to the fault and are in order: nothing at all is told of them. */
  readonly sound?: () => readonly (readonly KubeObject[])[];
}

/** A pod that waits on a node, and the event that says why. */
export function sandboxFailure(node: string, rest: string, name = 'api-1', frame = SANDBOX): readonly KubeObject[] {
  const waiting = waitingPod(name, node);
  return [waiting, event(waiting, 'FailedCreatePodSandBox', frame + rest)];
}

/** A pod that waits on a node, and what a controller says of it. */
export function told(node: string, reason: string, message: string): readonly KubeObject[] {
  const waiting = waitingPod('api-1', node);
  return [waiting, event(waiting, reason, message)];
}

/** A pod on a node that was to be gone so many seconds ago, and what the kubelet says of it. */
export function staysDeleted(node: string, words: string, seconds = 300): readonly KubeObject[] {
  const going = pod('old-1', {
    node,
    ip: `10.244.${node.slice(1)}.77`,
    meta: { deletionTimestamp: secondsAgo(seconds) },
  });
  const said = `rpc error: code = Unknown desc = failed to destroy network for sandbox "0f3c": ${words}`;
  const message = `error killing pod: failed to "KillPodSandbox" for "bbc2" with KillPodSandboxError: ${JSON.stringify(said)}`;
  return [going, event(going, 'FailedKillPod', message)];
}

const SANDBOX =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0f3c": ';

export const call = (type: string, name: string): string => `plugin type="${type}" name="${name}" failed (add): `;

/** The agent's pod of a DaemonSet on a node crashes with these last words. */
export function agentCrashes(
  objects: readonly KubeObject[],
  set: string,
  node: string,
  words: string,
): readonly KubeObject[] {
  return changed(objects, 'Pod', `${set}-${node}`, (one) => crashing(one, words));
}

/** There is no pod of a DaemonSet on a node, because of a taint that its pods do not tolerate. */
export function keptAway(objects: readonly KubeObject[], set: string, node: string): readonly KubeObject[] {
  const without = changed(objects, 'Pod', `${set}-${node}`, () => undefined);
  const strict = changed<Workload>(without, 'DaemonSet', set, (one) => ({
    ...one,
    spec: { ...one.spec, template: { ...one.spec?.template, spec: { ...one.spec?.template?.spec, tolerations: [] } } },
    status: { ...one.status, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2 },
  }));
  return changed<Node>(strict, 'Node', node, (one) => ({
    ...one,
    spec: { ...one.spec, taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
  }));
}

export function silent(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) =>
    withReady(one, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'),
  );
}

export const NO_CONFIG =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

export function noNetwork(objects: readonly KubeObject[], node: string): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => withReady(one, 'False', 'KubeletNotReady', NO_CONFIG));
}

export function annotated(
  objects: readonly KubeObject[],
  node: string,
  change: (own: Record<string, string>) => Record<string, string>,
): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    metadata: { ...one.metadata, annotations: change({ ...one.metadata?.annotations }) },
  }));
}

export function pool(objects: readonly KubeObject[], spec: object): readonly KubeObject[] {
  return changed(
    objects,
    'IPPool',
    'default-ipv4-ippool',
    (one) => ({ ...one, spec: { ...(one as { spec?: object }).spec, ...spec } }) as KubeObject,
  );
}

export function ranged(
  objects: readonly KubeObject[],
  node: string,
  podCIDR: string | undefined,
): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
  }));
}

/** Pods that take all 61 addresses of a /26. */
export function crowd(node: string): readonly Pod[] {
  const number = node.slice(1);
  return Array.from({ length: 60 }, (_, at) => pod(`crowd-${at}`, { node, ip: `10.244.${number}.${at + 2}` })).filter(
    (one) => one.status?.podIP !== `10.244.${number}.10`,
  );
}

/** Faults by a name that tells the network and what is wrong. */
export type NetworkFaults = Readonly<Record<string, NetworkFault>>;

/** One object with other fields in its spec. */
export function withSpec(
  objects: readonly KubeObject[],
  kind: string,
  name: string,
  spec: object,
): readonly KubeObject[] {
  return changed(
    objects,
    kind,
    name,
    (one) => ({ ...one, spec: { ...(one as { spec?: object }).spec, ...spec } }) as KubeObject,
  );
}

/** A pod of a DaemonSet whose container ended before and runs again: how often, when, and after how long a run. */
export function restarted(
  objects: readonly KubeObject[],
  name: string,
  { count, ago, ran, reason = 'Error' }: { count: number; ago: number; ran: number; reason?: string },
): readonly KubeObject[] {
  return changed<Pod>(objects, 'Pod', name, (one) => ({
    ...one,
    status: {
      ...one.status,
      containerStatuses: (one.status?.containerStatuses ?? []).map((status) => ({
        ...status,
        restartCount: count,
        state: { running: { startedAt: secondsAgo(ago - 5) } },
        lastState: {
          terminated: {
            exitCode: reason === 'OOMKilled' ? 137 : 1,
            reason,
            startedAt: secondsAgo(ago + ran),
            finishedAt: secondsAgo(ago),
          },
        },
      })),
    },
  }));
}

/** No pods and no DaemonSet of this name. */
export function withoutSet(objects: readonly KubeObject[], set: string): readonly KubeObject[] {
  return objects.filter(
    ({ kind, metadata }) =>
      !(kind === 'DaemonSet' && metadata?.name === set) && !(kind === 'Pod' && metadata?.name?.startsWith(`${set}-`)),
  );
}

/** A node that joined so many seconds ago. */
export function joined(objects: readonly KubeObject[], node: string, seconds: number): readonly KubeObject[] {
  return changed<Node>(objects, 'Node', node, (one) => ({
    ...one,
    metadata: { ...one.metadata, creationTimestamp: secondsAgo(seconds) },
  }));
}

/** The heartbeat of each node, so many seconds ago. */
export function leases(ages: Readonly<Record<string, number>>): readonly KubeObject[] {
  return Object.entries(ages).map(
    ([name, age]) =>
      ({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: secondsAgo(age) },
      }) as KubeObject,
  );
}

/** A static pod of the control plane with this command line. */
export function controlPlane(program: string, ...flags: readonly string[]): KubeObject {
  return pod(`${program}-n1`, {
    namespace: 'kube-system',
    ip: '10.0.0.1',
    containers: [{ name: program, image: `registry.k8s.io/${program}:v1.34.4`, command: [program, ...flags] }],
    spec: { hostNetwork: true },
    meta: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', controller: true, uid: 'uid-n1' }] },
  });
}
