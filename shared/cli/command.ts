import type { Severity } from '../messages/finding.ts';
import type { AnyMessage } from '../messages/define-messages.ts';
import type { ClusterReader, ConnectionOptions } from '../kube/ports.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Report } from '../report/report.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Gatherer } from '../collect/gather.ts';

/** A command as a value: words, options, and one function from a request to a result. */
export interface Command {
  readonly name: string;
  /** Shown in help after the name: `[SERVICE]`. */
  readonly usage?: string;
  readonly summary: string;
  readonly options?: readonly Option[];
  readonly examples?: readonly { readonly line: string; readonly says: string }[];
  readonly hidden?: boolean;
  readonly run: (request: Request) => Promise<CommandResult>;
}

export interface Option {
  readonly name: string;
  readonly alias?: string;
  readonly type: 'string' | 'boolean' | 'number' | 'array';
  readonly describe: string;
  readonly choices?: readonly string[];
  readonly hidden?: boolean;
  /** Heading in the help; `Options` unless said otherwise. */
  readonly group?: string;
}

/** What a command gets: the words of the user, typed access to facts, and the world. */
export interface Request {
  readonly plugin: Plugin;
  readonly args: readonly string[];
  readonly options: Options;
  readonly runtime: Runtime;
  /** The namespace in force; for snapshots `-n` or `default`, unless the snapshot holds only one. */
  readonly facts: FactSource;
}

/** The values of all options, already checked for type. */
export interface Options {
  string(name: string): string | undefined;
  boolean(name: string): boolean;
  number(name: string): number | undefined;
  list(name: string): readonly string[];
  readonly connection: ConnectionOptions;
  readonly failOn: Severity;
}

/** Where facts come from: one of the two, decided by `--snapshot`. */
export interface FactSource {
  readonly kind: 'cluster' | 'snapshot';
  /**
   * A snapshot that answers the question: read from the files given, or collected from the cluster by the plan.
   * The plan is not called for files: they hold what they hold.
   */
  snapshot(plan: (gatherer: Gatherer, namespace: string) => Promise<void>): Promise<Snapshot>;
  /** The namespace that applies: `-n`, the context's, or `default`. */
  namespace(): Promise<string>;
  /** The live cluster; throws a UsageError for `--snapshot`. */
  reader(): Promise<ClusterReader>;
}

export type CommandResult =
  | { readonly type: 'report'; readonly report: Report }
  /** Text that is not a report: `explain`, `completion`, `version`. */
  | { readonly type: 'text'; readonly text: string; readonly exit?: number }
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
  readonly messages: Readonly<Record<string, AnyMessage>>;
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
