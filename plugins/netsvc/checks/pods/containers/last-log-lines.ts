import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { shorten } from '../../../../../shared/util/text.ts';

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
  // Whoever waits says so again and again.
  const told = lines.filter((line, at) => line !== lines[at + 1]);
  return told.slice(-LINES).map((line) => shorten(hideSecrets(plainText(line)), WIDTH));
}

/** Colour codes and other control characters would reach the reader's terminal. */
function plainText(line: string): string {
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
