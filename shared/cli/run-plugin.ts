import type { Runtime } from '../runtime/runtime.ts';
import type { Command, CommandResult, Options, Plugin } from './command.ts';
import { UsageError } from './command.ts';
import { openFactSource } from './fact-source.ts';
import { commandMeant, findCommand, type Invocation } from './find-command.ts';
import { printResult } from './print-result.ts';
import { tellError } from './tell-error.ts';
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
    return await runCommand(plugin, found, runtime, world);
  } catch (error) {
    const verbose = argv.includes('-v') || argv.includes('--verbose');
    return tellError(error, plugin, runtime, verbose, found === undefined ? '' : commandMeant(plugin, found));
  }
}

async function runCommand(plugin: Plugin, found: Invocation, runtime: Runtime, world: World): Promise<number> {
  if (found.help) {
    const { commandHelp, pluginHelp } = await import('./help.ts');
    const general = found.implied && found.args.length === 0;
    runtime.stdout.write(general ? pluginHelp(plugin, VERSION) : commandHelp(plugin, found.command));
    return 0;
  }
  const { parseOptions } = await import('./parse-options.ts');
  const options = parseOptions(found.flags, found.options);
  refuseBoth(found.command, options);
  const suppressed = options.list('suppress');
  if (suppressed.length > 0) {
    const { refuseUnknownCodes } = await import('./parse-suppress.ts');
    await refuseUnknownCodes(suppressed, plugin);
  }
  const facts = openFactSource(options, runtime, world);
  try {
    const result = await found.command.run({ plugin, args: found.args, options, runtime, facts });
    // After Ctrl-C nothing more is said: the status 130 has been given.
    if (runtime.signal.aborted) return 130;
    return await printResult(await meantForSame(result, options), options, runtime);
  } finally {
    facts.close();
  }
}

/** Commands that an answer tells the reader to run ask what this one has asked: for all plugins in this one place. */
async function meantForSame(result: CommandResult, options: Options): Promise<CommandResult> {
  if (result.type !== 'report') return result;
  const { sameFacts } = await import('./same-facts.ts');
  const { askAgain } = await import('../report/same-facts.ts');
  return { ...result, report: askAgain(result.report, sameFacts(options)) };
}

function refuseBoth(command: Command, options: Options): void {
  if (options.string('namespace') !== undefined && options.boolean('all-namespaces')) {
    throw new UsageError(`${command.name} takes either -n or -A`, '');
  }
}
