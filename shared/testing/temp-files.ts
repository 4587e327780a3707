import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that a test fills and removes again. */
export interface TempFiles {
  readonly folder: string;
  /** Writes a file with the folders above it and returns its path; values that are no text are written as JSON. */
  write(name: string, content: string | Uint8Array | object): string;
  /** The path of a name in the folder. */
  path(name: string): string;
  remove(): void;
}

/** Makes an empty folder below the system's one for temporary files. */
export function tempFiles(): TempFiles {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-files-'));
  return {
    folder,
    path: (name) => join(folder, name),
    write: (name, content) => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const raw = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(path, raw ? content : JSON.stringify(content));
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
