/** Lines in which an app says that it can do without what it asked for. */
export const DOES_WITHOUT =
  /\b(?:continu(?:e|es|ing)|optional|fall(?:ing|s)?[- ]?back|ignor(?:ed|ing)|disabl(?:ed|ing)|degraded|in(?: the)? background|non-?(?:fatal|critical)|skip(?:ped|ping)|best[- ]effort|(?:proceed|start|runn?|operat|work)(?:ing|s) without)\b/i;

const WARNED = /\bwarn(?:ing)?\b/i;
const ENDED = /\b(?:fatal|panic|error|exception|critical|traceback)\b/i;
/** An end that is, or may be, that of a peer: it speaks of one, or of nothing in particular. */
const OF_A_PEER =
  /connect|refus|reach|time.?out|timed|unavailable|dial|resolv|attempt|retr|g[ai]v(?:e|ing) up|depend|database|upstream|start|exit|shut/i;

/**
 * The last words of a container without what it says of peers that it can do without: in so many words, or by a warning
 * that an error of its own follows.
 */
export function whatItMisses(said: string): string {
  const lines = said.split('\n').filter((line) => !DOES_WITHOUT.test(line));
  const end = lines.findLast((line) => ENDED.test(line) && !WARNED.test(line));
  const ownEnd = end !== undefined && !OF_A_PEER.test(end);
  return lines.filter((line) => !(ownEnd && WARNED.test(line))).join('\n');
}
