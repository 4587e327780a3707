import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { nameOf } from '../../../shared/model/refs.ts';

/** The pod from which the question is asked. */
export interface Caller {
  readonly namespace: string;
  readonly pod: string;
}

/** Reads `pod/NAME`, `NAME`, `NS/NAME` and `pod/NS/NAME`; a name alone stands in the target's namespace. */
export function parseCaller(text: string | undefined, namespace: string): Caller | undefined {
  if (text === undefined) return undefined;
  const parts = text.split('/').filter((part, at) => !(at === 0 && ['pod', 'pods', 'po'].includes(part)));
  const [first = '', second] = parts;
  if (first === '' || second === '' || parts.length > 2) {
    throw new UsageError(`--from ${text} names no pod`, 'Examples: --from pod/client, --from other-namespace/client');
  }
  return second === undefined ? { namespace, pod: first } : { namespace: first, pod: second };
}

/** Throws a UsageError when the pod was looked for and does not exist; says nothing where pods could not be seen. */
export function checkCaller(index: ClusterIndex, caller: Caller | undefined): void {
  if (caller === undefined || index.get('Pod', caller.namespace, caller.pod) !== undefined) return;
  if (index.seen('Pod', caller.namespace).status !== 'ok') return;
  const names = index.list('Pod', caller.namespace).map(nameOf);
  const near = didYouMean(caller.pod, names, 'pod/');
  throw new UsageError(
    `--from: there is no pod ${caller.pod} in namespace ${caller.namespace}`,
    near === '' ? 'A pod of another namespace: --from NS/NAME' : near,
  );
}
