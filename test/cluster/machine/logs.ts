import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machinePath } from './spec.ts';

/** The last lines of every daemon's log of a machine, for a failure message. */
export function lastLogLines(cluster: string, machine: string, count = 4): readonly string[] {
  const folder = machinePath(cluster, machine, 'disk/var/log');
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => {
      const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').slice(-count);
      return lines.filter((line) => line !== '').map((line) => `${machine} ${file}: ${line.slice(0, 300)}`);
    });
}
