import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Runtime } from '../../runtime/runtime.ts';

/**
 * Puts renewed tokens in the place of the old ones in a kubeconfig, leaving every other byte alone. kubectl rewrites
 * the file too; a refresh token that was used once is often worthless afterwards. Takes kubectl's lock (`FILE.lock`).
 * A file that cannot be written is told on standard error and is no failure: this run has its token.
 */
export async function saveTokens(
  file: string | undefined,
  pairs: readonly (readonly [before: string, after: string])[],
  runtime: Runtime,
): Promise<void> {
  if (file === undefined) return;
  const changes = pairs.filter(([before, after]) => before !== '' && before !== after);
  if (changes.length === 0) return;
  const lock = `${file}.lock`;
  try {
    await (await open(lock, 'wx')).close();
  } catch {
    warn(runtime, file, 'it is locked or its folder is read-only');
    return;
  }
  try {
    const text = await readFile(file, 'utf8');
    const lost = changes.find(([before]) => !text.includes(before));
    if (lost !== undefined) {
      warn(runtime, file, 'the old token does not stand in it as one piece');
      return;
    }
    const next = changes.reduce((result, [before, after]) => result.replaceAll(before, () => after), text);
    // A link stays a link: the file behind it is replaced.
    const place = await realpath(file);
    const draft = `${place}.${process.pid}.tmp`;
    await writeFile(draft, next, { mode: (await stat(place)).mode & 0o777 });
    await rename(draft, place);
  } catch (error) {
    warn(runtime, file, String((error as NodeJS.ErrnoException).code ?? error));
  } finally {
    await rm(lock, { force: true });
  }
}

function warn(runtime: Runtime, file: string, why: string): void {
  runtime.stderr.write(`warning: the renewed login could not be saved in ${file}: ${why}\n`);
}
