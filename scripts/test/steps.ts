import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { execa } from 'execa';
import { programPath } from '../package/program-path.ts';
import { readResults } from './results.ts';
import type { Tally } from './tally.ts';

/** Where suites leave their results (`NAME.json`) and what they printed (`NAME.log`). */
export const RESULTS = 'out/test';

export interface StepOptions {
  /** Behind everything else that wants the processor, so that the tests on a cluster, which watch clocks, do not starve. */
  readonly behind?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface SuiteOptions extends StepOptions {
  /** One file of the project instead of all. */
  readonly file?: string;
}

export interface Steps {
  /** One line for the reader. */
  say(text: string): void;
  /** A command that counts as one test. */
  check(title: string, command: string, args: readonly string[], options?: StepOptions): Promise<void>;
  /** A project of vitest, or one file of it. */
  suite(project: string, options?: SuiteOptions): Promise<void>;
}

/**
 * Steps may run side by side: what each prints is kept, and shown in one piece when it has ended. A step that goes well
 * takes a line.
 */
export function newSteps(tally: Tally, cancel: AbortSignal): Steps {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const started = (title: string): (() => string) => {
    const from = Date.now();
    say(`start   ${title}`);
    return () => `${title.padEnd(34)} ${Math.round((Date.now() - from) / 1000)} s`;
  };
  const run = async (command: string, args: readonly string[], { behind, env }: StepOptions, log?: string) => {
    const lower = behind === true && programPath('nice') !== undefined ? ['nice', '-n', '10'] : [];
    const [program = command, ...words] = [...lower, command, ...args];
    return await execa(program, words, {
      preferLocal: true,
      reject: false,
      all: true,
      stdin: 'ignore',
      cancelSignal: cancel,
      ...(env === undefined ? {} : { env }),
      ...(log === undefined ? {} : { stdout: { file: log }, stderr: { file: log } }),
    });
  };

  return {
    say,
    async check(title, command, args, options = {}) {
      if (cancel.aborted) return;
      const done = started(title);
      const { exitCode, all } = await run(command, args, options);
      if (exitCode === 0) {
        tally.add({ passed: 1, failed: 0, skipped: 0 });
        say(`ok      ${done()}`);
        return;
      }
      tally.add({ passed: 0, failed: 1, skipped: 0 });
      tally.broken(title);
      say(`FAILED  ${done()}\n${all}`);
    },

    async suite(project, options = {}) {
      if (cancel.aborted) return;
      const part = options.file?.replace(/^test\//, '').replace(/\.test\.ts$/, '');
      const title = part === undefined ? `${project} tests` : `${project} tests ${part}`;
      const name = `${RESULTS}/${[project, ...(part?.split('/') ?? [])].join('-')}`;
      const file = `${name}.json`;
      const log = `${name}.log`;
      const done = started(title);
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
      const words = ['run', '--project', project, ...(options.file === undefined ? [] : [options.file]), ...reporters];
      const { exitCode } = await run('vitest', words, options, log);
      const results = readResults(file);
      if (results !== undefined) tally.add(results);
      const failed = results?.failed ?? 0;
      // A crash outside any test, or a suite that could not be collected, is a failure too.
      const crashed = results === undefined || (exitCode !== 0 && failed === 0);
      if (crashed) tally.add({ passed: 0, failed: 1, skipped: 0 });
      if (crashed || failed > 0) {
        tally.broken(title);
        say(`FAILED  ${done()}\n${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
        return;
      }
      say(`ok      ${done().padEnd(44)} ${results.passed} passed, ${results.skipped} skipped`);
      for (const { reason, count } of results.reasons) say(`          ${count} skipped: ${reason}`);
    },
  };
}
