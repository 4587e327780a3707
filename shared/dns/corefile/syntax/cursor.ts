import { Refusal } from './problem.ts';
import { lineBreaks, type Token } from './tokens.ts';

/**
 * The cursor that CoreDNS hands to a plugin, over the words of one directive in one server block. Its habits decide what is
 * accepted: arguments end at the line's end or at `{`; a block must open on the same line; `}` ends it wherever it stands.
 * Source: coredns/caddy caddyfile/dispenser.go.
 */
export class Cursor {
  readonly #tokens: readonly Token[];
  /** From CoreDNS 1.13.0 on a block that runs out of words ends; before, it was read for ever. */
  readonly #endsBlocks: boolean;
  #at = -1;
  #nesting = 0;

  constructor(tokens: readonly Token[], options: { readonly endsBlocks: boolean }) {
    this.#tokens = tokens;
    this.#endsBlocks = options.endsBlocks;
  }

  /** Text of the word the cursor is on. */
  get value(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  get place(): { readonly file: string; readonly line: number } {
    return this.#tokens[Math.max(0, this.#at)] ?? { file: '', line: 0 };
  }

  /** Goes to the next word, whatever it is. */
  next(): boolean {
    if (this.#at >= this.#tokens.length - 1) return false;
    this.#at += 1;
    return true;
  }

  /** Goes to the next word if it stands on the same line. */
  nextArg(): boolean {
    const token = this.#tokens[this.#at];
    const after = this.#tokens[this.#at + 1];
    if (this.#at < 0) return this.next();
    if (token === undefined || after === undefined) return false;
    if (token.file !== after.file || token.line + lineBreaks(token) !== after.line) return false;
    this.#at += 1;
    return true;
  }

  /** All words to the end of the line or to `{`, which is not taken. */
  rest(): string[] {
    const words: string[] = [];
    while (this.nextArg()) {
      if (this.value === '{') {
        this.#at -= 1;
        break;
      }
      words.push(this.value);
    }
    return words;
  }

  /** Opens the block or goes on in it; false when it is over or there is none. */
  nextInBlock(): boolean {
    if (this.#nesting > 0) {
      if (!this.next()) {
        // The word that ran out is `}` when an option has taken it for its argument; older versions see it a second time.
        if (this.#endsBlocks) return false;
        if (this.value !== '}')
          throw this.plain('block without an end: this version of CoreDNS never finishes reading it (fixed in 1.13.0)');
      }
      if (this.value === '}') {
        this.#nesting -= 1;
        return false;
      }
      return true;
    }
    if (!this.nextArg()) return false;
    if (this.value !== '{') {
      this.#at -= 1;
      return false;
    }
    if (!this.next() || this.#tokens[this.#at]?.text === '}') return false;
    this.#nesting += 1;
    return true;
  }

  /** The error for a missing or superfluous argument. */
  argumentError(): Refusal {
    if (this.value === '{') return this.plain("Unexpected token '{', expecting argument");
    return this.plain(`Wrong argument count or unexpected line ending after '${this.value}'`);
  }

  plain(message: string): Refusal {
    return new Refusal(message, this.place);
  }
}
