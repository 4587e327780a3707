import { Cursor } from '../syntax/cursor.ts';
import { absolutePath, COREFILE_PATH, type Files } from '../syntax/files.ts';
import type { Refusal } from '../syntax/problem.ts';
import type { Token } from '../syntax/tokens.ts';
import { type Version, version } from '../versions.ts';
import { type ServedZone, writeServed, zonesOf } from '../zones.ts';

/** What the plugins of one server block tell each other and the server. */
export interface ServerSettings {
  root: string;
  /** Addresses of `bind`; one empty text stands for all. */
  listen: string[];
  /** Whether `tls` has set a certificate. */
  tls: boolean;
  /** Options that stand once in a block, over all lines of a plugin. */
  readonly once: Set<string>;
  /** Names of the views. */
  readonly views: string[];
}

/** A server block as far as a plugin's rule may look. */
export interface ServerContext {
  readonly served: readonly ServedZone[];
  readonly settings: ServerSettings;
  readonly version: Version;
  readonly files: Files;
  /** Whether the block has this plugin too; known only while the server starts. */
  readonly has: (plugin: string) => boolean;
  /** Takes note of a file, interface or name outside the Corefile that was taken for given. */
  readonly assume: (what: string) => void;
}

/** The cursor a plugin's rule reads with, and what it may ask on the way. */
export class Setup extends Cursor {
  readonly server: ServerContext;

  constructor(tokens: readonly Token[], server: ServerContext) {
    super(tokens, { endsBlocks: server.version >= version('1.13.0') });
    this.server = server;
  }

  since(first: string): boolean {
    return this.server.version >= version(first);
  }

  get settings(): ServerSettings {
    return this.server.settings;
  }

  /** The zones of the arguments, or those of the server block when there are none. */
  origins(args: readonly string[]): readonly string[] {
    if (args.length > 0) return args.flatMap((arg) => zonesOf(arg, this.server.version));
    return this.server.served.map((served) => zonesOf(writeServed(served), this.server.version)[0] ?? served.zone);
  }

  /** Content of a file a plugin opens, undefined when it cannot be seen; then it is taken to be there. */
  open(path: string): string | undefined {
    const content = this.peek(path);
    if (content === undefined) this.server.assume(`file ${this.#underRoot(path)}`);
    return content;
  }

  /** Content of a file that need not be there, undefined when it cannot be seen. */
  peek(path: string): string | undefined {
    return this.server.files.get(absolutePath(this.#underRoot(path), COREFILE_PATH));
  }

  #underRoot(path: string): string {
    return this.settings.root === '' ? path : absolutePath(path, `${this.settings.root}/x`);
  }
}

/** Judges the words of one plugin in one server block; throws a `Refusal` where CoreDNS would not start. */
export type SetupRule = (setup: Setup) => void;

export const ONCE = 'this plugin can only be used once per Server Block';

/** Goes through all lines of a plugin in a block, until one of them is the last that it reads. */
export function eachLine(
  setup: Setup,
  read: () => 'done' | unknown,
  { once = false }: { readonly once?: boolean } = {},
): void {
  for (let seen = 0; setup.next(); seen += 1) {
    if (once && seen > 0) throw setup.plain(ONCE);
    if (read() === 'done') return;
  }
}

type Option = (() => void) | { readonly since?: string; readonly until?: string; readonly read: () => void };

/** Reads the options of a block. An option that this version does not have yet or no longer is unknown. */
export function readOptions(
  setup: Setup,
  options: Readonly<Record<string, Option>>,
  unknown: (name: string) => Refusal = (name) => setup.plain(`unknown property '${name}'`),
): void {
  while (setup.nextInBlock()) {
    const name = setup.value;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw unknown(name);
    if (typeof option === 'function') option();
    else if (isThere(setup, option)) option.read();
    else throw unknown(name);
  }
}

function isThere(setup: Setup, { since, until }: { readonly since?: string; readonly until?: string }): boolean {
  return (since === undefined || setup.since(since)) && (until === undefined || !setup.since(until));
}

/** The rest of the line, which must be so many words. */
export function expectArgs(setup: Setup, least: number, most = least): string[] {
  const args = setup.rest();
  if (args.length < least || args.length > most) throw setup.argumentError();
  return args;
}

/** The next word on the line; any further ones stay. */
export function expectArg(setup: Setup): string {
  if (!setup.nextArg()) throw setup.argumentError();
  return setup.value;
}
