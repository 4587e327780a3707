import { ClusterError } from '../../kube/ports.ts';
import { withoutPassing } from '../../report/told.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import {
  type Command,
  type CommandResult,
  type FactSource,
  type Options,
  UnseenError,
  UsageError,
} from '../command.ts';
import { openFactSource } from '../fact-source.ts';
import { printResult } from '../print-result.ts';
import type { World } from '../world.ts';
import { fingerprint } from './fingerprint.ts';
import { keepConnection } from './keep-connection.ts';
import { type Brief, briefOf, changeWords } from './what-changed.ts';

/** A command that is asked again and again. */
export interface Watched {
  readonly command: Command;
  readonly ask: (facts: FactSource, runtime: Runtime) => Promise<CommandResult>;
  readonly options: Options;
  readonly runtime: Runtime;
  readonly world: World;
}

/**
 * Between two rounds, and so many times what a round took: a slow cluster is not pressed. The first one also loads code,
 * connects and logs in, and says less of the cluster.
 */
const PAUSE_MS = 2000;
const PAUSE_ROUNDS = 4;
const LONGEST_PAUSE_MS = 60_000;
/** Between two tries at a server that does not answer, at most. */
const RETRY_MS = 10_000;

/** What was printed last. */
interface Told {
  readonly mark: string;
  readonly brief: Brief;
  readonly exit: number;
}

/**
 * Prints the answer, asks again, and prints again when it tells something else; over one connection, until Ctrl-C (130) or
 * until nobody reads any more. A first round that fails ends it; later ones are told once, and tried again.
 */
export async function watch({ command, ask, options, runtime, world }: Watched): Promise<number> {
  refuse(command, options);
  const connection = keepConnection(world, runtime);
  const quiet = withoutProgress(runtime);
  const say = (text: string): void => runtime.stderr.write(`${clock(runtime)}  ${text}\n`);
  let told: Told | undefined;
  let trouble: Trouble | undefined;
  try {
    for (let rounds = 1; !runtime.signal.aborted && !runtime.stdout.closed; rounds += 1) {
      const began = runtime.now().getTime();
      try {
        const at = told === undefined ? runtime : quiet;
        const result = held(await ask(openFactSource(options, at, connection.world), at));
        if (!connection.used()) throw nothingToWatch();
        if (runtime.signal.aborted) break;
        if (trouble !== undefined) say('answers again');
        trouble = undefined;
        told = await tell(result, told, options, runtime);
      } catch (error) {
        if (told === undefined || !mayPass(error)) throw error;
        connection.drop();
        const words = `no answer: ${error.message.split('\n', 1)[0]}`;
        if (withoutPassing(words) !== withoutPassing(trouble?.words ?? '') && !runtime.signal.aborted) say(words);
        trouble = { words, tries: (trouble?.tries ?? 0) + 1, login: isLogin(error) };
      }
      const took = runtime.now().getTime() - began;
      await runtime.sleep(trouble === undefined ? pauseAfter(took, rounds) : pauseBefore(trouble));
    }
    return runtime.signal.aborted ? 130 : (told?.exit ?? 0);
  } finally {
    connection.drop();
  }
}

/** Why there is no answer. */
interface Trouble {
  readonly words: string;
  readonly tries: number;
  /** Asking again may open a window to log in. */
  readonly login: boolean;
}

function pauseAfter(took: number, rounds: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, (rounds === 1 ? 1 : PAUSE_ROUNDS) * took));
}

function pauseBefore({ tries, login }: Trouble): number {
  return Math.min(login ? LONGEST_PAUSE_MS : RETRY_MS, PAUSE_MS * 2 ** (tries - 1));
}

async function tell(result: CommandResult, last: Told | undefined, options: Options, runtime: Runtime): Promise<Told> {
  const mark = fingerprint(result);
  if (mark === last?.mark) return last;
  const brief = briefOf(result);
  if (last !== undefined)
    runtime.stdout.write(between(options, `${clock(runtime)}  ${changeWords(last.brief, brief)}`));
  return { mark, brief, exit: await printResult(result, options, runtime) };
}

/** What stands between two answers: nothing where a program finds the end of a document by itself. */
function between(options: Options, words: string): string {
  switch (options.string('output')) {
    case 'json':
      return '';
    case 'yaml':
      return '---\n';
    case 'name':
      return '\n';
    default:
      return `\n${words}\n`;
  }
}

/** Local time, as on the wall. */
function clock(runtime: Runtime): string {
  return runtime.now().toTimeString().slice(0, 8);
}

/** Pieces can be read once, and are both compared and printed. */
function held(result: CommandResult): CommandResult {
  return result.type === 'pieces' ? { ...result, pieces: [...result.pieces] } : result;
}

/** What another round may find otherwise: a server that is away, a login that ended, an object that went. */
function mayPass(error: unknown): error is Error {
  return error instanceof ClusterError || error instanceof UsageError || error instanceof UnseenError;
}

function isLogin(error: Error): boolean {
  return error instanceof ClusterError && error.kind === 'unauthorized';
}

const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'];

function refuse(command: Command, options: Options): void {
  if (options.list('snapshot').length > 0) {
    throw new UsageError('a recording does not change', 'Leave out --watch, or --snapshot to watch the cluster.');
  }
  const format = options.string('output') ?? 'table';
  if (FORMATS.includes(format)) return;
  throw new UsageError(
    `-o ${format} is one document, and --watch prints one for every change`,
    `Leave out --watch, or take -o ${FORMATS.filter((name) => command.formats.includes(name)).join(', ')}.`,
  );
}

function nothingToWatch(): UsageError {
  return new UsageError('no cluster is asked here, so that nothing would change', 'Leave out --watch.');
}

/** Progress is shown while the first answer is waited for; later it would flicker. */
function withoutProgress(runtime: Runtime): Runtime {
  const { stderr } = runtime;
  return { ...runtime, stderr: { write: stderr.write, isTerminal: false, columns: undefined, closed: false } };
}
