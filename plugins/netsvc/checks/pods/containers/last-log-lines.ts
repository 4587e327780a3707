import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { shortenMiddle, withoutLogHead } from '../../../../../shared/util/text.ts';

const LINES = 3;
/** What the kubelet answers, with status 200, when it has removed the log of a run (ReadLogs in pkg/kubelet). */
const NO_LOG = /^unable to retrieve container logs for \w+:\/\//;
const WIDTH = 160;

/** The last lines of a log that say something, with anything that looks like a secret taken out. */
export function lastLogLines(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const lines = tailOf(text);
  // Whoever waits says so again and again.
  const told = lines.filter((line, at) => line !== lines[at + 1]);
  return told.slice(-LINES).map((line) => shortenMiddle(hideSecrets(withoutLogHead(plainText(line))), WIDTH));
}

const ENDS = /\b(?:fatal|panic(?:ked)?|emerg|crit(?:ical)?|caused by)\b|error|exception/i;
const FAILS =
  /fail|denied|not permitted|cannot|can't|unable|not found|no such|invalid|missing|refused|un(?:known|supported|recognized)|required|abort/i;
/** Frames of a stack, and what package managers add to the failure of what they run. */
const FRAME = /^(?:at |File "|goroutine |Traceback|npm |yarn |error Command failed|\.\.\. \d+ more)/;
const CALM = /\b(?:INFO|DEBUG|TRACE)\b|level"?[=:]\s*"?(?:info|debug|trace)|^I\d{4} /;
/** The time with which loggers begin a line. */
export const LOG_TIME = /^\W?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\W?\s+/;
const RECENT = 40;
const SHORT = 140;
/** Lines that tell no more than that there was an end, and where more may be read. */
const NO_REASON = /\bexit(?:ed|ing|s)?\b.*\b(?:code|status|normally)\b|A fatal exception has|create the Java Virtual/i;
const MORE = /[;,.(]? (?:for )?more information see:? \S+/gi;

/** The line near the end of a log that tells why a process ended, without its time and without secrets. */
export function lastErrorLine(text: string): string | undefined {
  const lines = tailOf(text)
    .slice(-RECENT)
    .map((line) => plainText(line))
    .filter((line) => !FRAME.test(line) && !CALM.test(line))
    .map((line) => withoutLogHead(line.replace(LOG_TIME, '')).replaceAll('\n', ' ').replace(MORE, ''))
    .filter((line) => !NO_REASON.test(line));
  const found = lines.findLast((line) => ENDS.test(line)) ?? lines.findLast((line) => FAILS.test(line));
  return found === undefined ? undefined : shortenMiddle(hideSecrets(found), SHORT);
}

/** The lines that say something; of the tail only: a log may be megabytes long. */
export function tailOf(text: string): readonly string[] {
  return text
    .slice(-16_384)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NO_LOG.test(line));
}

/** Colour codes and other control characters would reach the reader's terminal. */
function plainText(line: string): string {
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
