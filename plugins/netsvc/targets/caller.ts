import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { parseTarget } from '../../../shared/cli/parse-target.ts';
import type { TargetKind } from '../../../shared/cli/target-kinds.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../shared/model/objects.ts';
import type { Workload } from '../../../shared/model/objects-workload.ts';
import { isFinished, isReady } from '../../../shared/model/pods.ts';
import { nameOf } from '../../../shared/model/refs.ts';
import { matchesLabels } from '../../../shared/model/selectors.ts';

/** The pod from which the question is asked. */
export interface Caller {
  readonly namespace: string;
  readonly pod: string;
}

/** Who asks, as the user named it: a pod, or a workload whose pods are alike. */
export interface CallerName {
  readonly kind: TargetKind;
  readonly namespace: string;
  readonly name: string;
}

const KINDS: readonly TargetKind[] = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** Reads `pod/NAME`, `deploy/NAME`, `NAME`, `NS/NAME`, `pod/NS/NAME`; a name alone is a pod of the target's namespace. */
export function parseCaller(text: string | undefined, namespace: string): CallerName | undefined {
  if (text === undefined) return undefined;
  // Without a kind, two words are namespace and name, as of the Service that is asked for.
  const target = parseTarget([text.includes('/') ? text : `pod/${text}`], [...KINDS, 'Service']);
  if (target.kind === 'Service' && target.namespace === undefined) {
    throw new UsageError(
      `--from ${text} names no pod`,
      'Examples: --from pod/client, deploy/client, other-namespace/client',
    );
  }
  const kind = target.kind === 'Service' ? 'Pod' : target.kind;
  return { kind, namespace: target.namespace ?? namespace, name: target.name };
}

/**
 * The pod that asks; of a workload one that is ready, when there is one. Throws a UsageError when it was looked for and
 * does not exist; where it could not be seen, its name stands for it.
 */
export function callerOf(index: ClusterIndex, asked: CallerName | undefined): Caller | undefined {
  if (asked === undefined) return undefined;
  const { kind, namespace, name } = asked;
  const object = index.get(kind, namespace, name) as KubeObject | undefined;
  if (object === undefined && index.seen(kind, namespace).status === 'ok') {
    const near = didYouMean(name, index.list(kind, namespace).map(nameOf), `${kind.toLowerCase()}/`);
    throw new UsageError(
      `--from: there is no ${kind.toLowerCase()} ${name} in namespace ${namespace}`,
      near === '' ? 'A pod of another namespace: --from NS/NAME' : near,
    );
  }
  if (kind === 'Pod' || object === undefined) return { namespace, pod: name };
  const labels = (object as Workload).spec?.selector?.matchLabels ?? {};
  const pods = index
    .list('Pod', namespace)
    .filter((pod) => !isFinished(pod) && matchesLabels(labels, pod.metadata?.labels));
  const pod = pods.find(isReady) ?? pods[0];
  if (pod === undefined && index.seen('Pod', namespace).status === 'ok') {
    throw new UsageError(`--from: ${kind.toLowerCase()} ${name} in namespace ${namespace} has no pod`);
  }
  return { namespace, pod: pod === undefined ? name : nameOf(pod) };
}
