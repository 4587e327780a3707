import type { PodLog } from '../../model/snapshot.ts';

/** Whose log a file may be; parts that the path does not tell are undefined. */
export interface LogOwner {
  readonly namespace: string | undefined;
  readonly pod: string;
  readonly container: string | undefined;
}

/** Finds the pod and container meant, when exactly one of those that were read fits. */
export type FindContainer = (owner: LogOwner) => { namespace: string; pod: string; container: string } | undefined;

/** `namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/{current,previous}.log` of a must-gather. */
const GATHER = /(?:^|\/)namespaces\/([^/]+)\/pods\/([^/]+)\/(?:([^/]+)\/[^/]+\/logs\/(current|previous)\.log$)?/;

/** `logs/NS/POD/CONTAINER[.previous].log` of our own snapshots. */
const OWN = /(?:^|\/)logs\/([^/]+)\/([^/]+)\/([^/]+?)(\.previous)?\.log$/;

/** `pods/logs/NS/POD/CONTAINER[-previous].log` of support bundles. */
const BUNDLE = /(?:^|\/)pods\/logs\/([^/]+)\/([^/]+)\/([^/]+?)(-previous)?\.log$/;

/**
 * The log in a file with its owner, read from the path: that of a known layout alone is proof enough, other paths
 * (`NS/POD/CONTAINER.log`, `POD_CONTAINER.log`, `POD.log`) are when they fit a pod that was read. Undefined for an
 * empty log and for a log of nobody.
 */
export function findLog(path: string, text: string, find: FindContainer): PodLog | undefined {
  if (text.trim() === '') return undefined;
  const gather = GATHER.exec(path);
  if (gather !== null) {
    const [, namespace = '', pod = '', container, run] = gather;
    // Other files there tell about the collection (`previous.insecure.log`: why a log could not be had).
    return container === undefined ? undefined : { namespace, pod, container, previous: run === 'previous', text };
  }
  for (const { owner, previous } of possibleOwners(path)) {
    const match = find(owner);
    if (match !== undefined) return { ...match, previous, text };
  }
  const bundle = BUNDLE.exec(path) ?? OWN.exec(path);
  if (bundle === null) return undefined;
  const [, namespace = '', pod = '', container = '', previous] = bundle;
  return { namespace, pod, container, previous: previous !== undefined, text };
}

function possibleOwners(path: string): { owner: LogOwner; previous: boolean }[] {
  const parts = path.replace(/\.log$/i, '').split('/');
  const file = parts.pop() ?? '';
  const former = /^(.+)[-._]previous$/.exec(file)?.[1];
  // A container may be called `web-previous`, so the name as it stands goes first.
  return [...owners(file, parts, false), ...(former === undefined ? [] : owners(former, parts, true))];
}

function owners(file: string, folders: readonly string[], previous: boolean): { owner: LogOwner; previous: boolean }[] {
  const parent = folders.at(-1);
  const found: LogOwner[] = [];
  if (parent !== undefined) {
    found.push({ namespace: folders.at(-2), pod: parent, container: file });
    found.push({ namespace: undefined, pod: parent, container: file });
  }
  const split = file.lastIndexOf('_');
  const named = split > 0 ? { pod: file.slice(0, split), container: file.slice(split + 1) } : undefined;
  for (const who of [{ pod: file, container: undefined }, ...(named === undefined ? [] : [named])]) {
    found.push({ namespace: parent, ...who }, { namespace: undefined, ...who });
  }
  return found.map((owner) => ({ owner, previous }));
}
