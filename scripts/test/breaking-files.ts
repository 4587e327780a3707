import { relative } from 'node:path';
import { execa } from 'execa';

/** Files that take minutes. They are begun first, so that the clusters that share the files end about together. */
const LONG = ['test/e2e/netdns-faults', 'test/e2e/netcni-faults', 'test/kit/faults'];

/** The files of the project `cluster`, one of which at a time has a cluster for itself; in the order to begin them. */
export async function breakingFiles(): Promise<readonly string[]> {
  const words = ['list', '--project', 'cluster', '--filesOnly', '--json'];
  const { stdout } = await execa('vitest', words, { preferLocal: true, stdin: 'ignore' });
  const found = JSON.parse(stdout) as readonly { readonly file: string }[];
  return longFirst(found.map(({ file }) => relative('.', file)));
}

/** Those known to be long in the order of their list, then the others by name. */
export function longFirst(files: readonly string[]): readonly string[] {
  const place = (file: string): number => {
    const at = LONG.findIndex((name) => file === `${name}.test.ts`);
    return at === -1 ? LONG.length : at;
  };
  return [...files].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}
