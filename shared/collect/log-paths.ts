import type { PodLog } from '../model/snapshot.ts';

/** Whose log a file is; parts that the path does not tell are undefined. */
export interface LogOwner {
  readonly namespace: string | undefined;
  readonly pod: string;
  readonly container: string | undefined;
  readonly previous: boolean;
}

/**
 * Reads the path of a log file:
 * - `logs/NS/POD/CONTAINER[.previous].log` of our own snapshots and `pods/logs/NS/POD/CONTAINER[-previous].log` of
 *   support bundles,
 * - `namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/{current,previous}.log` of a must-gather,
 * - `…/NS/POD/CONTAINER.log`, `…/POD/CONTAINER.log` and `…/POD.log` otherwise, to be confirmed by the pods that were read.
 */
export function logOwners(path: string): readonly LogOwner[] {
  const gather = /(?:^|\/)namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)\/[^/]+\/logs\/(current|previous)\.log$/.exec(
    path,
  );
  if (gather !== null) {
    return [{ namespace: gather[1], pod: gather[2] ?? '', container: gather[3], previous: gather[4] === 'previous' }];
  }
  const parts = path.replace(/\.log$/i, '').split('/');
  const file = parts.pop() ?? '';
  const owners: LogOwner[] = [];
  for (const [container, previous] of namesOf(file)) {
    const pod = parts.at(-1);
    if (pod !== undefined) owners.push({ namespace: parts.at(-2), pod, container, previous });
    if (pod !== undefined) owners.push({ namespace: undefined, pod, container, previous });
    owners.push({ namespace: parts.at(-1), pod: container, container: undefined, previous });
    owners.push({ namespace: undefined, pod: container, container: undefined, previous });
    // kubectl stern and bundles: POD_CONTAINER.log, POD-CONTAINER.log is found by the pod's containers later.
    const split = container.lastIndexOf('_');
    if (split > 0) {
      owners.push({ namespace: pod, pod: container.slice(0, split), container: container.slice(split + 1), previous });
      owners.push({
        namespace: undefined,
        pod: container.slice(0, split),
        container: container.slice(split + 1),
        previous,
      });
    }
  }
  return owners;
}

/** True where the path alone is proof enough, without a pod object. */
export function isCertainLog(path: string): boolean {
  return /(?:^|\/)logs\/[^/]+\/[^/]+\/[^/]+\.log$|(?:^|\/)namespaces\/[^/]+\/pods\//.test(path);
}

/** `web-previous.log` is the former run of `web`, unless a container has that name: both readings are tried. */
function namesOf(file: string): readonly (readonly [string, boolean])[] {
  const previous = /^(.+)[-._]previous$/.exec(file);
  return previous === null
    ? [[file, false]]
    : [
        [previous[1] ?? '', true],
        [file, false],
      ];
}

/** A log with its owner, or undefined for a log of nobody: empty, or of a pod that was not read. */
export function findLog(path: string, text: string, pods: PodNames): PodLog | undefined {
  if (text.trim() === '') return undefined;
  for (const owner of logOwners(path)) {
    const match = pods(owner);
    if (match !== undefined) return { ...match, previous: owner.previous, text };
  }
  if (!isCertainLog(path)) return undefined;
  const [first] = logOwners(path);
  if (first?.namespace === undefined || first.container === undefined) return undefined;
  return { namespace: first.namespace, pod: first.pod, container: first.container, previous: first.previous, text };
}

/** Finds the pod and container meant, when exactly one fits. */
export type PodNames = (owner: LogOwner) => { namespace: string; pod: string; container: string } | undefined;
