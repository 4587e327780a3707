import { type SandboxCause, sandboxCause } from '../../../shared/datapath/cni/sandbox-cause.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { podState } from '../../../shared/model/pod-state.ts';
import { isFinished, isTerminating, podAddresses, podKey } from '../../../shared/model/pods.ts';

/** A pod that waits for its network, with what was said about it. */
export interface TroubledPod {
  readonly pod: Pod;
  readonly key: string;
  readonly node: string;
  readonly message: string;
  readonly count: number;
  readonly cause: SandboxCause;
}

/** Pods that are bound to a node and get no sandbox or no network there, as events tell. */
export function troubledPods(index: ClusterIndex): readonly TroubledPod[] {
  return index.memo('netcni/troubled-pods', () =>
    index.list('Pod').flatMap((pod): readonly TroubledPod[] => {
      // Almost all pods of a cluster have an address: they are passed over before anything is looked up.
      if (podAddresses(pod).length > 0 || isFinished(pod) || isTerminating(pod)) return [];
      const node = pod.spec?.nodeName ?? '';
      if (node === '') return [];
      const state = podState(index, pod);
      if (state.is !== 'preparing' || (state.problem.is !== 'sandbox' && state.problem.is !== 'network-not-ready'))
        return [];
      const { message, count } = state.problem;
      return [{ pod, key: podKey(pod), node, message, count, cause: sandboxCause(message) }];
    }),
  );
}
