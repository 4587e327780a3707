import type { Runtime } from '../runtime/runtime.ts';
import type { Plugin } from './command.ts';
import { commandMeant, findCommand, type Invocation } from './find-command.ts';
import { VERSION } from './version.ts';
import { realWorld, type World } from './world.ts';

/**
 * Runs one command line and gives the exit status; never throws and never exits. Results go to standard output, all
 * else to standard error. Returns 130 at once when the runtime is interrupted, whatever is under way.
 */
export async function runPlugin(
  plugin: Plugin,
  argv: readonly string[],
  runtime: Runtime,
  world: World = realWorld(),
): Promise<number> {
  if (runtime.signal.aborted) return 130;
  const interrupted = new Promise<number>((resolve) => {
    runtime.signal.addEventListener('abort', () => resolve(130), { once: true });
  });
  return Promise.race([run(plugin, argv, runtime, world), interrupted]);
}

async function run(plugin: Plugin, argv: readonly string[], runtime: Runtime, world: World): Promise<number> {
  let found: Invocation | undefined;
  try {
    if (argv[0] === '__complete') {
      const { complete } = await import('./complete.ts');
      runtime.stdout.write(await complete(plugin, argv.slice(1), runtime, world));
      return 0;
    }
    if (argv.length === 1 && argv[0] === '--version') {
      runtime.stdout.write(`kubectl ${plugin.name} ${VERSION}\n`);
      return 0;
    }
    found = findCommand(plugin, argv);
    if (found.help) {
      const { commandHelp, pluginHelp } = await import('./help.ts');
      const general = found.implied && found.args.length === 0;
      runtime.stdout.write(general ? pluginHelp(plugin, VERSION) : commandHelp(plugin, found.command));
      return 0;
    }
    const { runCommand } = await import('./run-command.ts');
    return await runCommand(plugin, found, runtime, world);
  } catch (error) {
    const { tellError } = await import('./tell-error.ts');
    const verbose = argv.includes('-v') || argv.includes('--verbose');
    return tellError(error, plugin, runtime, verbose, found === undefined ? '' : commandMeant(plugin, found));
  }
}
