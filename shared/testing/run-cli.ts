import type { Plugin } from '../cli/command.ts';
import { runPlugin } from '../cli/run-plugin.ts';
import { realWorld, type World } from '../cli/world.ts';
import { OWN_FAULT } from '../diagnose/run-checks.ts';
import { type FakeRuntimeOptions, fakeRuntime } from './fake-runtime.ts';

/** What one command line printed and how it ended. */
export interface CliRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Runs a command line in this process: words are split at blanks when given as one text. */
export async function runCli(
  plugin: Plugin,
  line: string | readonly string[],
  options: FakeRuntimeOptions & { readonly world?: Partial<World> } = {},
): Promise<CliRun> {
  const runtime = fakeRuntime(options);
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  const exit = await runPlugin(plugin, argv, runtime, {
    ...realWorld(() => import('../kube/forward-port.ts')),
    ...options.world,
  });
  // A check that fails costs a user only itself; here it must not pass unseen.
  const own = `${runtime.written.stdout}${runtime.written.stderr}`.replaceAll(/\s+/g, ' ');
  if (own.includes(OWN_FAULT)) throw new Error(own.slice(Math.max(0, own.indexOf(OWN_FAULT) - 300)));
  return { ...runtime.written, exit };
}
