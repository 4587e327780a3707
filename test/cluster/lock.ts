import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure, messageOf } from './failure.ts';
import { isAlive, type ProcessId, processId } from './process.ts';
import { clusterFolder, removeEmptyFolders } from './state.ts';

/**
 * Lets one command at a time change a cluster (or the list of clusters). A lock whose owner died does not count. When the
 * last cluster has gone, or never came up, the folder that held its lock goes as well.
 */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await withLockFile(`${clusterFolder(name)}.lock`, `working on cluster ${name}`, 180_000, work);
  } finally {
    removeEmptyFolders();
  }
}

/** Holds a lock file during some work; waits so long for another holder, then fails saying what that one does. */
export async function withLockFile<Result>(
  path: string,
  doing: string,
  waitMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = Date.now() + waitMs;
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
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    // Said apart: a file in the folder's place is EEXIST too, as a lock that is held.
    throw new ClusterFailure(`cannot write ${path}: ${messageOf(error)}`);
  }
  try {
    writeFileSync(path, JSON.stringify(processId(process.pid)), { flag: 'wx' });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: the last cluster went and took the empty folder with it.
    if (code !== 'EEXIST' && code !== 'ENOENT') {
      // The file may have been made and not filled: a full disk does that.
      rmSync(path, { force: true });
      throw new ClusterFailure(`cannot write ${path}: ${messageOf(error)}`);
    }
  }
  const holder = holderOf(path);
  if (holder !== undefined && !isAlive(holder)) {
    rmSync(path, { force: true });
  }
  return holder ?? { pid: 0, startTime: '' };
}

/** Who holds a lock; nothing when it is gone again or not yet written. One that stays empty belongs to nobody alive. */
function holderOf(path: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessId;
  } catch {
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - written > 5000 ? { pid: 0, startTime: 'gone' } : undefined;
  }
}
