/** Bytes of a piece of output that is worth a write. */
const PIECE = 1 << 18;

const encoder = new TextEncoder();

/** A text as it is written. */
export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Rows of a list of pairs, `{"from":…,"to":…,…}` each. A list can have millions, which repeat the same few thousand texts:
 * each is encoded once, and a row is three copies of memory. Written as strings it would take several times as long.
 */
export interface PairRows {
  /** The rows to come are from this end. */
  from(value: string): void;
  add(to: Uint8Array, rest: Uint8Array): void;
  /** The pieces that are full; each is given once. */
  full(): readonly Uint8Array[];
  /** What is left, at the end. */
  last(): Uint8Array;
}

/** `start` stands before every row, `separator` before all but the first. */
export function createPairRows(start: string, separator: string): PairRows {
  let piece = new Uint8Array(PIECE);
  let used = 0;
  let done: Uint8Array[] = [];
  let any = false;
  let value = '';
  let lead = bytesOf('');
  const setLead = (): void => {
    lead = bytesOf(`${any ? separator : ''}${start}{"from":${value},"to":`);
  };
  return {
    from: (next) => {
      if (next === value) return;
      value = next;
      setLead();
    },
    add: (to, rest) => {
      const length = lead.length + to.length + rest.length;
      if (used + length > piece.length) {
        done.push(piece.subarray(0, used));
        // A new one each time: whoever writes the last one may not be done with it.
        piece = new Uint8Array(Math.max(PIECE, length));
        used = 0;
      }
      piece.set(lead, used);
      piece.set(to, used + lead.length);
      piece.set(rest, used + lead.length + to.length);
      used += length;
      if (any) return;
      any = true;
      setLead();
    },
    full: () => {
      const list = done;
      done = [];
      return list;
    },
    last: () => piece.subarray(0, used),
  };
}
