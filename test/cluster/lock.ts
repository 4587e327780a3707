import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from './failure.ts';
import { isAlive, type ProcessId, processId } from './process.ts';
import { clusterFolder } from './state.ts';

/** Lets one command at a time change a cluster (or the list of clusters). A lock whose owner died does not count. */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  return await withLockFile(`${clusterFolder(name)}.lock`, `working on cluster ${name}`, 180_000, work);
}

/** Holds a lock file during some work; waits so long for another holder, then fails saying what that one does. */
export async function withLockFile<Result>(
  path: string,
  doing: string,
  waitMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = Date.now() + waitMs;
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    const holder = take(path);
    if (holder === undefined) {
      break;
    }
    if (Date.now() > end) {
      throw new ClusterFailure(`another command (process ${holder.pid}) is ${doing}; try again later`);
    }
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): ProcessId | undefined {
  try {
    writeFileSync(path, JSON.stringify(processId(process.pid)), { flag: 'wx' });
    return undefined;
  } catch {
    let holder: ProcessId | undefined;
    try {
      holder = JSON.parse(readFileSync(path, 'utf8')) as ProcessId;
    } catch {
      // Gone again, or not yet written.
      return { pid: 0, startTime: '' };
    }
    if (!isAlive(holder)) {
      rmSync(path, { force: true });
    }
    return holder;
  }
}
