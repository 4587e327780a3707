import { execa } from 'execa';
import { ClusterFailure } from '../failure.ts';
import { isAlive } from '../process.ts';
import { readState } from '../state.ts';

export interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Words before a command that runs it on a machine: its files, network and host name. */
export function enterCommand(cluster: string, machine: string): readonly string[] {
  const init = readState(cluster)?.machines.find(({ name }) => name === machine)?.init;
  if (init === undefined || !isAlive(init)) {
    throw new ClusterFailure(`cluster ${cluster} has no running machine ${machine}`);
  }
  return ['nsenter', `--target=${init.pid}`, '--mount', '--net', '--uts', '--ipc', '--pid'];
}

/** Runs a command on a machine and returns what it printed, whatever its exit status. */
export async function tryOn(
  cluster: string,
  machine: string,
  command: readonly string[],
  input?: string,
): Promise<Output> {
  const [program = '', ...args] = [...enterCommand(cluster, machine), ...command];
  const result = await execa(program, args, { reject: false, cwd: '/', ...(input === undefined ? {} : { input }) });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** Runs a command on a machine; failing is an error that says what it printed. */
export async function runOn(
  cluster: string,
  machine: string,
  command: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await tryOn(cluster, machine, command, input);
  if (exitCode !== 0) {
    throw new ClusterFailure(`${command.join(' ')} on ${machine}: exit ${exitCode}: ${stderr.trim() || stdout.trim()}`);
  }
  return stdout;
}
