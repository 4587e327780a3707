/** Signals by number, as far as they end processes in practice. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL, an instruction that the processor does not know',
  6: 'SIGABRT, the process aborted itself',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV, a segmentation fault',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

const CODES: Readonly<Record<number, string>> = {
  1: 'an error of the application',
  2: 'wrong use of a command or an error of the application',
  126: 'the command is not executable',
  127: 'the command was not found',
  128: 'the container could not be started',
  255: 'an error of the application',
};

/** `exit code 137 (SIGKILL)`; shells and runtimes report signals as 128 + number. */
export function exitInWords(code: number | undefined, signal?: number): string {
  if (code === undefined) return 'exit code unknown';
  const number = signal !== undefined && signal > 0 ? signal : code > 128 && code < 192 ? code - 128 : 0;
  const meaning = SIGNALS[number] ?? CODES[code];
  return `exit code ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
}
