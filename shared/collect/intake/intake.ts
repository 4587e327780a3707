import type { KindName } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import type { Coverage, MisreadWord, PodLog, ReadProblem, ToolOutput } from '../../model/snapshot.ts';
import type { PathHints } from '../files/path-hints.ts';
import type { KubectlText } from '../texts/kubectl-text.ts';
import { type NewestTime, newestTime } from './newest-time.ts';

/** A list that was read: what it proves is decided when everything is known (coverage.ts). */
export interface Listing {
  readonly file: FilePlace;
  /** The kinds of its items; for an empty list the kind that its own kind or its file's name tells. */
  readonly kinds: readonly KindName[];
  /** Namespaces of its items. */
  readonly namespaces: readonly string[];
  readonly empty: boolean;
  /** Why the list is not whole: cut off, or a page of a longer list. */
  readonly partial: string | undefined;
  /** Place in the file, for dumps that write one list after the other. */
  readonly order: number;
}

/** An object that stood on its own, not in a List. */
export interface LooseObject {
  readonly file: FilePlace;
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  readonly applied: boolean;
  /** The only document of its file. */
  readonly alone: boolean;
}

/** Where something was read. */
export interface FilePlace {
  /** Which of the given inputs. */
  readonly root: number;
  readonly path: string;
  readonly display: string;
  readonly hints: PathHints;
}

/** A text that kubectl printed for people. */
export interface PrintedText extends KubectlText {
  readonly file: FilePlace;
  /** It shows network policies. */
  readonly policies: boolean;
}

/** Everything gathered while reading, before it becomes a Snapshot. */
export interface Intake {
  readonly objects: Map<KindName, Map<string, KubeObject>>;
  readonly others: Map<string, Map<string, KubeObject>>;
  readonly origins: Map<string, string>;
  readonly listings: Listing[];
  readonly loose: LooseObject[];
  /** Coverage that a file states outright: refusals, the metadata of our own snapshots. */
  readonly stated: Coverage[];
  /** By owner: of two logs of the same run the longer one is kept. */
  readonly logs: Map<string, PodLog>;
  readonly tools: ToolOutput[];
  readonly texts: PrintedText[];
  readonly problems: ReadProblem[];
  /** Words of manifests that kubectl reads otherwise. */
  readonly misread: MisreadWord[];
  /** For each input: the newest time of its objects, and the time its own metadata state. */
  readonly times: Map<number, { readonly newest: NewestTime; stated: string | undefined }>;
  /** The namespace of objects that name none. */
  readonly defaultNamespace: string;
  serverVersion: string | undefined;
  /** Inputs whose coverage is stated as a whole, so that nothing is concluded from their lists. */
  readonly settledRoots: Set<number>;
}

/** An intake with nothing in it. */
export function createIntake(defaultNamespace: string): Intake {
  return {
    objects: new Map(),
    others: new Map(),
    origins: new Map(),
    listings: [],
    loose: [],
    stated: [],
    logs: new Map(),
    tools: [],
    texts: [],
    problems: [],
    misread: [],
    times: new Map(),
    defaultNamespace,
    serverVersion: undefined,
    settledRoots: new Set(),
  };
}

/** The times of one input. */
export function timesOf(intake: Intake, root: number): { readonly newest: NewestTime; stated: string | undefined } {
  let times = intake.times.get(root);
  if (times === undefined) {
    times = { newest: newestTime(), stated: undefined };
    intake.times.set(root, times);
  }
  return times;
}

/** Notes what is wrong with a file at a place in it. */
export function addProblem(
  intake: Intake,
  file: FilePlace,
  line: number | undefined,
  message: string,
  more: Pick<ReadProblem, 'policyOf' | 'lost' | 'doubt' | 'refused'>,
): void {
  intake.problems.push({ path: file.display, ...(line === undefined ? {} : { line }), message, ...more });
}
