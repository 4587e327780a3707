import type { PodLog } from '../../model/snapshot.ts';

/** Whose log a file may be; parts that the path does not tell are undefined. */
export interface LogOwner {
  readonly namespace: string | undefined;
  readonly pod: string;
  /** Undefined for the one that kubectl takes where none is named. */
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

/** What `kubectl logs` says on standard error of its choice, in files written with `2>&1`. */
const CHOICE =
  /^(?:Found \d+ pods?, using (?:pods?\/)?(\S+)\r?\n)?(?:Defaulted container "([^"]+)" out of: [^\n]*(?:\n|$))?/;

/** What `kubectl logs --prefix` writes before each line. */
const PREFIX = /^\[pod\/([^/\]]+)\/([^\]]+)\] ?/;

/** Words that people put around the names in a file's name. */
const BEFORE = /^(?:(?:pods?|logs?|previous|prev)[-_.])+/i;
const BEHIND = /(?:[-_.](?:logs?|previous|prev))+$/i;

/** Parts of a file's name up to which every run of them is tried as a pod's name. */
const MOST_PARTS = 24;

/**
 * The logs in a file with their owners: that of a known layout alone is proof enough, other paths
 * (`NS/POD/CONTAINER.log`, `NS_POD_CONTAINER.log`, `POD.log`) are when they fit a pod that was read. None in an empty file
 * and in that of nobody.
 */
export function findLogs(path: string, text: string, find: FindContainer): readonly PodLog[] {
  if (text.trim() === '') return [];
  const gather = GATHER.exec(path);
  if (gather !== null) {
    const [, namespace = '', pod = '', container, run] = gather;
    // Other files there tell about the collection (`previous.insecure.log`: why a log could not be had).
    return container === undefined ? [] : [{ namespace, pod, container, previous: run === 'previous', text }];
  }
  const folders = path.split('/');
  const file = (folders.pop() ?? '').replace(/(?:\.(?:log|txt))+$/i, '');
  if (PREFIX.test(text)) return prefixed(text, folders, find);
  const [choice = '', chosen, container] = CHOICE.exec(text) ?? [];
  const owners = chosen === undefined ? possibleOwners(file, folders) : inFolders(folders, chosen, undefined);
  for (const owner of owners) {
    const match = find({ ...owner, container: owner.container ?? container });
    if (match !== undefined) return [{ ...match, previous: isPrevious(owner), text: text.slice(choice.length) }];
  }
  const bundle = BUNDLE.exec(path) ?? OWN.exec(path);
  if (bundle === null) return [];
  const [, namespace = '', pod = '', named = '', previous] = bundle;
  return [{ namespace, pod, container: named, previous: previous !== undefined, text }];
}

/** The logs of several containers, line by line with their names. */
function prefixed(text: string, folders: readonly string[], find: FindContainer): readonly PodLog[] {
  const texts = new Map<string, string[]>();
  for (const line of text.split(/(?<=\n)/)) {
    const [prefix = '', pod = '', container = ''] = PREFIX.exec(line) ?? [];
    const key = `${pod}/${container}`;
    const lines = texts.get(key);
    if (lines === undefined) texts.set(key, [line.slice(prefix.length)]);
    else lines.push(line.slice(prefix.length));
  }
  return [...texts].flatMap(([key, lines]) => {
    const [pod = '', container] = key.split('/');
    const owner = inFolders(folders, pod, container).find((one) => find(one) !== undefined);
    const match = owner === undefined ? undefined : find(owner);
    return match === undefined ? [] : [{ ...match, previous: false, text: lines.join('') }];
  });
}

interface PossibleOwner extends LogOwner {
  readonly previous?: boolean;
}

function isPrevious({ previous = false }: PossibleOwner): boolean {
  return previous;
}

function possibleOwners(file: string, folders: readonly string[]): readonly PossibleOwner[] {
  const bare = file.replace(BEFORE, '').replace(BEHIND, '');
  const previous = /prev/i.test(file.replace(bare, ''));
  // A container may be called `web-previous`, so the name as it stands goes first.
  const stripped = bare === file ? [] : owners(bare, folders).map((owner) => ({ ...owner, previous }));
  return [...owners(file, folders), ...stripped];
}

/** What a name may mean: a container below the folder of its pod, or a pod with a namespace before it or a container behind it. */
function owners(file: string, folders: readonly string[]): readonly LogOwner[] {
  const parent = folders.at(-1);
  const found: LogOwner[] = parent === undefined ? [] : [...inFolders(folders.slice(0, -1), parent, file)];
  const parts = file.split(/([-_.]+)/);
  for (let length = parts.length; length > 0; length -= 2) {
    for (let start = 0; start + length <= parts.length; start += 2) {
      const pod = parts.slice(start, start + length).join('');
      const before = parts.slice(0, Math.max(0, start - 1)).join('');
      const behind = parts.slice(start + length + 1).join('');
      const container = behind === '' ? undefined : behind;
      if (before === '') found.push(...inFolders(folders, pod, container));
      else found.push({ namespace: before, pod, container });
    }
    if (parts.length > 2 * MOST_PARTS) break;
  }
  return found;
}

/** A pod of the namespace that one of the folders is named after, else of any. */
function inFolders(folders: readonly string[], pod: string, container: string | undefined): readonly LogOwner[] {
  return [...folders.toReversed(), undefined].map((namespace) => ({ namespace, pod, container }));
}
