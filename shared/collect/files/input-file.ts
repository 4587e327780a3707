import type { FileRole } from './file-role.ts';
import type { Limits } from './limits.ts';

/** A file that may hold facts, with its bytes. */
export interface InputFile {
  /** As the user can find it again: `dump/pods.yaml`, `bundle.tgz:ns/pods.yaml`, `standard input`. */
  readonly display: string;
  /** The path below the input, with `/` between the parts; the file's own name for a single file. */
  readonly path: string;
  readonly role: FileRole;
  readonly bytes: Uint8Array;
}

export interface InputContext {
  readonly cwd: string;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  /** What is left of `limits.totalBytes`, shared by all inputs. */
  readonly budget: { left: number };
  /** Called for files that cannot be read. */
  readonly problem: (path: string, message: string) => void;
  /** Called for archives inside a folder, which are not opened. */
  readonly passedArchive: (path: string) => void;
}
