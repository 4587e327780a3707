import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by number and start time: the number alone may belong to a stranger by now. */
export interface ProcessId {
  readonly pid: number;
  readonly startTime: string;
}

/** Field 22 of /proc/PID/stat (proc(5)); the second, the name, may hold spaces and brackets. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function processId(pid: number): ProcessId {
  return { pid, startTime: startTimeOf(pid) ?? 'gone' };
}

export function isAlive(process: ProcessId | undefined): boolean {
  return process !== undefined && startTimeOf(process.pid) === process.startTime;
}

/** Ends exactly this process, and returns when it is gone. */
export async function endProcess(target: ProcessId | undefined): Promise<void> {
  for (let round = 0; target !== undefined && isAlive(target); round += 1) {
    if (round === 0) {
      process.kill(target.pid, 'SIGKILL');
    }
    if (round > 200) {
      throw new Error(`process ${target.pid} does not end`);
    }
    await sleep(25);
  }
}
