import { createConnection } from 'node:net';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { binaryPath } from '../build/cache.ts';
import { ClusterFailure } from '../failure.ts';
import { type ProcessId, processId } from '../process.ts';
import { machineSocket } from './spec.ts';

interface Request {
  readonly verb: 'start' | 'signal' | 'list' | 'find';
  readonly name?: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly signal?: number;
  readonly match?: string;
}

interface Reply {
  readonly error?: string;
  readonly running?: Readonly<Record<string, number>>;
  readonly exited?: Readonly<Record<string, number>>;
  readonly pids?: readonly number[];
}

export interface Daemon {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly string[];
}

/** Starts a machine; its daemons, containers and mounts all end with the process returned. */
export async function startMachine(specPath: string): Promise<ProcessId> {
  const result = await execa(binaryPath('helper'), ['machine', specPath], { reject: false, cleanup: false });
  if (result.failed) {
    throw new ClusterFailure(result.stderr.trim());
  }
  return processId(Number(result.stdout));
}

/** Asks the first process of a machine (go/helper/control.go). */
async function ask(cluster: string, machine: string, request: Request): Promise<Reply> {
  const reply = await new Promise<Reply>((resolve, reject) => {
    const socket = createConnection(machineSocket(cluster, machine));
    socket.once('error', reject);
    createInterface(socket).once('line', (line) => {
      resolve(JSON.parse(line) as Reply);
      socket.destroy();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
  if (reply.error !== undefined) {
    throw new ClusterFailure(`${machine}: ${reply.error}`);
  }
  return reply;
}

/** Starts a daemon inside a machine; nothing happens when it runs already. */
export async function startDaemon(cluster: string, machine: string, daemon: Daemon): Promise<void> {
  await ask(cluster, machine, { verb: 'start', ...daemon });
}

export async function signalDaemon(
  cluster: string,
  machine: string,
  name: string,
  signal: keyof typeof constants.signals,
): Promise<void> {
  await ask(cluster, machine, { verb: 'signal', name, signal: constants.signals[signal] });
}

/** Signals the machine's processes of this program name, those in containers too; says how many there were. */
export async function signalProgram(
  cluster: string,
  machine: string,
  program: string,
  signal: keyof typeof constants.signals,
): Promise<number> {
  const reply = await ask(cluster, machine, { verb: 'signal', match: program, signal: constants.signals[signal] });
  return reply.pids?.length ?? 0;
}

/** Process numbers, as the machine counts them, of a program by name. */
export async function findProgram(cluster: string, machine: string, program: string): Promise<readonly number[]> {
  return (await ask(cluster, machine, { verb: 'find', match: program })).pids ?? [];
}

export async function daemons(
  cluster: string,
  machine: string,
): Promise<{ readonly running: Readonly<Record<string, number>>; readonly exited: Readonly<Record<string, number>> }> {
  const { running = {}, exited = {} } = await ask(cluster, machine, { verb: 'list' });
  return { running, exited };
}
