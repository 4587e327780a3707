import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of CoreDNS whose servers were started, the oldest first. */
export const versions: readonly string[] = ['1.8.6', '1.9.3', '1.10.1', '1.11.3', '1.12.4', '1.14.7', '1.15.0'];

/**
 * By case, then by version: `starts`, or what the server said before it ended. What a version said holds for the later ones
 * until one says something else.
 */
export type Verdicts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What real servers did with the corpus; written by `record.ts`. */
export function readVerdicts(): Verdicts {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'verdicts.json'), 'utf8'));
}

/** Whether a version was seen to start with a case; undefined for a case that was never tried. */
export function wasSeenToStart(verdicts: Verdicts, name: string, version: string): boolean | undefined {
  const said = verdicts[name];
  const words = versions
    .slice(0, versions.indexOf(version) + 1)
    .flatMap((one) => said?.[one] ?? [])
    .at(-1);
  return words === undefined ? undefined : words === 'starts' || BEYOND.test(words);
}

/** An address of another machine, and a name that might exist: the Corefile cannot be blamed for them. */
const BEYOND =
  /cannot assign requested address|lookup (?:localhost|\S+\.\S+)\S* on \S+ dial udp .*network is unreachable/;
