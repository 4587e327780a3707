import { statfs } from 'node:fs/promises';
import { ClusterFailure } from './failure.ts';

/** A full disk makes etcd and containerd fail in strange ways much later; say it first. */
export async function requireSpace(path: string, gibibytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < gibibytes) {
    throw new ClusterFailure(
      `${path} has ${free.toFixed(1)} GiB free; ${what} needs ${gibibytes} GiB. Free some space and run it again.`,
    );
  }
}
