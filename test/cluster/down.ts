import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { withLock } from './lock.ts';
import { clearCgroups } from './machine/cgroups.ts';
import { removeNetwork } from './machine/network.ts';
import { endProcess } from './process.ts';
import { clusterFolder, readState, removeState } from './state.ts';

/** Removes all that a cluster made. Works on a whole one, a crashed one, and on none. */
export async function down(name: string): Promise<void> {
  await withLock(name, () => tearDown(name));
}

/** For callers that hold the lock. */
export async function tearDown(name: string): Promise<void> {
  const state = readState(name);
  await endProcess(state?.forwarder);
  // The first process of a machine takes all others and all mounts with it.
  await Promise.all((state?.machines ?? []).map(({ init }) => endProcess(init)));
  await clearCgroups(name);
  await removeNetwork(name);
  await unmountLeftovers(clusterFolder(name));
  removeState(name);
}

/** Machines mount in namespaces of their own; this is for what a test or a person mounted by hand. */
async function unmountLeftovers(folder: string): Promise<void> {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.reverse()) {
    await execa('umount', ['--lazy', point], { reject: false });
  }
}
