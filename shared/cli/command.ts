import type { Gatherer } from '../collect/gather/gather.ts';
import type { ClusterReader, ConnectionOptions } from '../kube/ports.ts';
import type { AnyMessage } from '../messages/define-messages.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FailOn, Report } from '../report/report.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A command as a value: words, options, and one function from a request to a result. */
export interface Command {
  readonly name: string;
  /** Shown in help after the name: `[SERVICE]`. */
  readonly usage?: string;
  readonly summary: string;
  /** More lines for the command's own help, as paragraphs. */
  readonly about?: string;
  readonly options?: readonly Option[];
  readonly examples?: readonly { readonly line: string; readonly says: string }[];
  readonly hidden?: boolean;
  /** False for commands that read neither a cluster nor a snapshot; their help leaves those flags out. */
  readonly readsFacts?: boolean;
  /** True for commands whose answer changes with the cluster: they take `--watch`. */
  readonly watches?: boolean;
  /** Values that `-o` takes; empty when the command has none, or gives `-o` a meaning of its own. */
  readonly formats: readonly string[];
  /** What the words after the name complete to in the shell: `target` is a Service or KIND/NAME, `service` its name alone. */
  readonly completes?: 'target' | 'service' | 'pod' | 'code' | 'nothing';
  /** How many words complete so; one unless said. */
  readonly completesWords?: number;
  readonly run: (request: Request) => Promise<CommandResult>;
}

export interface Option {
  readonly name: string;
  readonly alias?: string;
  readonly type: 'string' | 'boolean' | 'number' | 'array';
  readonly describe: string;
  /** The word for the value in help: `FILE`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly hidden?: boolean;
  /** Heading in the help; `Flags` unless said otherwise. */
  readonly group?: string;
}

/** What a command gets: the words of the user, typed access to facts, and the world. */
export interface Request {
  readonly plugin: Plugin;
  readonly args: readonly string[];
  readonly options: Options;
  readonly runtime: Runtime;
  readonly facts: FactSource;
}

/** The values of all options, already checked for type. */
export interface Options {
  string(name: string): string | undefined;
  boolean(name: string): boolean;
  number(name: string): number | undefined;
  list(name: string): readonly string[];
  readonly connection: ConnectionOptions;
  readonly failOn: FailOn;
}

/** Reads facts through a gatherer; `namespace` is the one in force. */
export type Plan = (gatherer: Gatherer, namespace: string) => Promise<void>;

/** What a recording reads from a cluster. */
export type RecordingPlan = (options: { readonly allNamespaces: boolean; readonly allLogs: boolean }) => Plan;

/** Where facts come from: one of the two, decided by `--snapshot`. */
export interface FactSource {
  readonly kind: 'cluster' | 'snapshot';
  /**
   * A snapshot that answers the question: read from the files given, or collected from the cluster by the plan.
   * The plan is not called for files: they hold what they hold.
   */
  snapshot(plan: Plan): Promise<Snapshot>;
  /** The namespace that applies: `-n`, the context's, the only one of a snapshot, or `default`. */
  namespace(): Promise<string>;
  /** The live cluster; throws a UsageError for `--snapshot`. */
  reader(): Promise<ClusterReader>;
}

export type CommandResult =
  | { readonly type: 'report'; readonly report: Report }
  /** Text that is not a report: `explain`, `completion`. */
  | { readonly type: 'text'; readonly text: string; readonly exit?: number }
  /** Text too long to be held as one string, written piece by piece. */
  | { readonly type: 'pieces'; readonly pieces: Iterable<string | Uint8Array>; readonly exit?: number }
  /** A value printed as JSON or YAML by `-o`, and as text otherwise. */
  | { readonly type: 'value'; readonly value: unknown; readonly text: string; readonly exit?: number };

/** One binary. */
export interface Plugin {
  /** `netsvc`; users type `kubectl netsvc`. */
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** The command that runs when the first word is not a command's name. */
  readonly defaultCommand: string;
  /** The command that runs when there is no word at all. */
  readonly bareCommand: string;
  /** Loaded only when asked for: `explain`, completion of codes. */
  readonly messages: () => Promise<Readonly<Record<string, AnyMessage>>>;
}

/** A mistake in the words of the user; printed with its hint, exit status 2. */
export class UsageError extends Error {
  readonly hint: string;

  constructor(message: string, hint = '') {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** What was asked about could not be seen, so that nothing can be told of it: exit status 3. */
export class UnseenError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'UnseenError';
    this.hint = hint;
  }
}
