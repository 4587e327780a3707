import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** One command of a comparison. */
export interface Command {
  readonly name: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Medians over the runs of one command. */
export interface Measured {
  readonly name: string;
  /** Seconds from start to end. */
  readonly wall: number;
  /** User and system seconds together: steadier than wall time on a shared machine. */
  readonly cpu: number;
  /** Peak resident memory in MB (10^6 bytes). */
  readonly memory: number;
}

/**
 * Runs commands in turn, A B A B …, after one run that is not counted, so that a drift of the machine meets all of them
 * alike. GNU time does the accounting.
 */
export async function compare(commands: readonly Command[], runs: number): Promise<readonly Measured[]> {
  const samples = new Map<string, { wall: number; cpu: number; memory: number }[]>();
  for (let round = 0; round <= runs; round++) {
    for (const command of commands) {
      const sample = await time(command);
      if (round === 0) continue;
      const list = samples.get(command.name) ?? [];
      list.push(sample);
      samples.set(command.name, list);
    }
  }
  return commands.map(({ name }) => {
    const list = samples.get(name) ?? [];
    return {
      name,
      wall: median(list.map((sample) => sample.wall)),
      cpu: median(list.map((sample) => sample.cpu)),
      memory: median(list.map((sample) => sample.memory)),
    };
  });
}

async function time({ words, env }: Command): Promise<{ wall: number; cpu: number; memory: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-bench-'));
  const file = join(folder, 'time');
  try {
    const started = process.hrtime.bigint();
    await execa('/usr/bin/time', ['-f', '%U %S %M', '-o', file, ...words], {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
      ...(env === undefined ? {} : { env }),
    });
    const wall = Number(process.hrtime.bigint() - started) / 1e9;
    // A command that ends with a status other than 0 puts a line of its own before the figures.
    const [user = 0, system = 0, kib = 0] = (readFileSync(file, 'utf8').trim().split('\n').pop() ?? '')
      .split(' ')
      .map(Number);
    return { wall, cpu: user + system, memory: (kib * 1024) / 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
