/** What stops CoreDNS, in its own words as far as they are known. */
export interface CorefileError {
  readonly message: string;
  /** File the line is in; the Corefile itself or one that it imports. */
  readonly file: string;
  readonly line: number;
}

/** Thrown inside the reader and the plugins' rules only; `judgeCorefile` turns it into a `CorefileError`. */
export class Refusal extends Error {
  readonly file: string;
  readonly line: number;

  constructor(message: string, place: { readonly file: string; readonly line: number }) {
    super(message);
    this.file = place.file;
    this.line = place.line;
  }
}
