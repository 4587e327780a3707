import { shorten } from '../../../../shared/util/text.ts';

const LINES = 3;
/** What the kubelet answers, with status 200, when it has removed the log of a run (ReadLogs in pkg/kubelet). */
const NO_LOG = /^unable to retrieve container logs for \w+:\/\//;
const WIDTH = 160;

/** The last lines of a log that say something, with anything that looks like a secret taken out. */
export function lastLogLines(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  // The tail only: a log may be megabytes long.
  const lines = text
    .slice(-16_384)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NO_LOG.test(line));
  return lines.slice(-LINES).map((line) => shorten(hideSecrets(plainText(line)), WIDTH));
}

/** Colour codes and other control characters would reach the reader's terminal. */
function plainText(line: string): string {
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

const WORD =
  '[\\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|credential|private[_-]?key)[\\w.-]*';

/** Values that follow a telling word, credentials in URLs, bearer tokens, JSON web tokens and key blocks. */
export function hideSecrets(line: string): string {
  return line
    .replace(new RegExp(`(["']?${WORD}["']?\\s*(?:=>|[=:])\\s*)("[^"]*"|'[^']*'|[^\\s,;&}]+)`, 'gi'), '$1***')
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi, '$1***@')
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, '$1 ***')
    .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*/g, '***')
    .replace(/\bAKIA[0-9A-Z]{12,}\b/g, '***');
}
