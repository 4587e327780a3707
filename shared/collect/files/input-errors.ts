import { SnapshotError } from '../snapshot-error.ts';
import { tooLarge } from './byte-streams.ts';
import type { InputContext } from './input-file.ts';

/** Takes the bytes of a file from the budget; throws when the input is too large. */
export function spend(context: InputContext, size: number, what: string): void {
  context.budget.left -= size;
  if (context.budget.left < 0) throw tooLarge(what, context.limits.totalBytes);
}

/** The error for a folder or archive with too many files. */
export function tooMany(given: string, limit: number): SnapshotError {
  return new SnapshotError(
    `${given} holds more than ${limit} files`,
    'Give the folder of the dump, not one far above it.',
  );
}

/** The error for an input that the user named and that cannot be opened. */
export function notReadable(given: string, error: unknown): SnapshotError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SnapshotError(
      `${given} does not exist`,
      'Give a file, a folder, a .tar.gz or .zip, or - for standard input.',
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SnapshotError(`${given} may not be read`, 'Check the rights of the file.');
  }
  return new SnapshotError(`${given} cannot be read: ${reasonOf(error)}`, 'Check the path.');
}

/** A fault of unpacking in our words; an interruption stays one. */
export function translated(error: unknown, given: string, context: InputContext): unknown {
  if (error instanceof SnapshotError || context.signal.aborted) return error;
  return new SnapshotError(`${given} is damaged: ${reasonOf(error)}`, 'Record or copy it again.');
}

/** Notes that the end of a packed file could not be unpacked. */
export function damageOf(path: string, context: InputContext): (reason: string) => void {
  return (reason) => context.problem(path, `the file is damaged: ${reason}; what stands before that place was read`);
}

/** The words of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
