import { asBuffer } from '../files/decode-text.ts';

/** One container's section of `kubectl cluster-info dump`. */
export interface LogSection {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}

/** A stretch of a text that holds no log section, with the line at which it starts. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly line: number;
}

const START = '==== START logs for container ';
const HEAD = /^==== START logs for container (\S+) of pod ([^/\s]+)\/(\S+) ====\r?(?:\n|$)/;

/** What kubectl writes in place of a log that it could not get. */
const NO_LOG = /^(?:Create log request|Request log) error: /;

/**
 * Takes the log sections out of a dump. kubectl frames each container's log by START and END lines
 * (kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go); only lines that start with the mark count, so that the same words
 * inside a JSON string do not.
 */
export function splitLogSections(content: Uint8Array): { stretches: Stretch[]; logs: LogSection[] } {
  const bytes = asBuffer(content);
  const stretches: Stretch[] = [];
  const logs: LogSection[] = [];
  let from = 0;
  let line = 1;
  for (let at = bytes.indexOf(START); at >= 0; ) {
    const match = at === 0 || bytes[at - 1] === 0x0a ? HEAD.exec(bytes.toString('utf8', at, at + 1024)) : null;
    if (match === null) {
      at = bytes.indexOf(START, at + START.length);
      continue;
    }
    const [head, container = '', namespace = '', pod = ''] = match;
    const textStart = at + Buffer.byteLength(head);
    const mark = bytes.indexOf(`==== END logs for container ${container} of pod ${namespace}/${pod} ====`, textStart);
    const textEnd = mark < 0 ? bytes.length : mark;
    const text = bytes.toString('utf8', textStart, textEnd);
    if (!NO_LOG.test(text)) logs.push({ namespace, pod, container, text });
    if (at > from) stretches.push({ bytes: bytes.subarray(from, at), line });
    const lineEnd = mark < 0 ? -1 : bytes.indexOf(0x0a, mark);
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
    line += countLineBreaks(bytes.subarray(from, next));
    from = next;
    at = bytes.indexOf(START, next);
  }
  if (from < bytes.length) stretches.push({ bytes: bytes.subarray(from), line });
  return { stretches, logs };
}

/** How many lines end in these bytes. */
export function countLineBreaks(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}
