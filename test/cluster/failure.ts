/** A failure with a cause a reader can act on: printed as one message, without a stack. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
}

/** What went wrong, in a line, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
