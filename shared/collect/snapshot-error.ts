/**
 * The files hold nothing that can be used: a wrong path, an empty input, an archive that cannot be opened. A usage
 * error, not a fault of the cluster. Single files that cannot be read beside usable ones become a ReadProblem instead.
 */
export class SnapshotError extends Error {
  /** What the user can do next, in one or two lines. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'SnapshotError';
    this.hint = hint;
  }
}
