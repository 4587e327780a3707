import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupOf } from './spec.ts';

const root = '/sys/fs/cgroup';

/** The cluster's folder in every hierarchy that is mounted: one of version 2, several of version 1, or both. */
function foldersOf(cluster: string): readonly string[] {
  const hierarchies = existsSync(join(root, 'cgroup.procs'))
    ? [root]
    : readdirSync(root).map((name) => join(root, name));
  return hierarchies.map((hierarchy) => join(hierarchy, cgroupOf(cluster))).filter((folder) => existsSync(folder));
}

/**
 * Gives all clusters together the weight of four sessions. The usual weight is that of one, and on a busy machine that
 * makes probes time out which no test has to do with. Where it cannot be set, it stays as it was.
 */
export function raiseWeight(): void {
  for (const [file, weight] of [
    ['cpu.shares', 4096],
    ['cpu.weight', 400],
  ] as const) {
    for (const path of foldersOf('.').map((folder) => join(folder, file))) {
      if (existsSync(path)) {
        writeFileSync(path, String(weight));
      }
    }
  }
}

/** The folder and all below it, deepest first. */
function withChildren(folder: string): readonly string[] {
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => withChildren(join(folder, entry.name))), folder];
}

/**
 * Ends whatever is left in the cluster's control groups and removes them. Only the
 * cluster's own processes can be in there, so this works without any record of them.
 */
export async function clearCgroups(cluster: string): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const folders = foldersOf(cluster).flatMap(withChildren);
    if (folders.length === 0) {
      break;
    }
    for (const folder of folders) {
      for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n')) {
        if (pid !== '' && pid !== '0') {
          kill(Number(pid));
        }
      }
      removeEmpty(folder);
    }
    await sleep(round === 0 ? 0 : 50);
  }
  removeParents();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Its processes are still ending; the next round takes it.
  }
}

/** `kubectl-net` itself, when no other cluster has a group in it. */
function removeParents(): void {
  for (const folder of foldersOf('.')) {
    removeEmpty(folder);
  }
}
