import type { Runtime } from '../runtime/runtime.ts';
import { type Command, type CommandResult, type FactSource, type Options, type Plugin, UsageError } from './command.ts';
import { openFactSource } from './fact-source.ts';
import type { Invocation } from './find-command.ts';
import { parseOptions } from './parse-options.ts';
import { printResult } from './print-result.ts';
import type { World } from './world.ts';

/** Runs a command that was found, prints its result and gives the exit status. Loaded for commands, not for help. */
export async function runCommand(plugin: Plugin, found: Invocation, runtime: Runtime, world: World): Promise<number> {
  const options = parseOptions(found.flags, found.options);
  refuseBoth(found.command, options);
  const suppressed = options.list('suppress');
  if (suppressed.length > 0) {
    const { refuseUnknownCodes } = await import('./parse-suppress.ts');
    await refuseUnknownCodes(suppressed, plugin);
  }
  const ask = async (facts: FactSource, at: Runtime): Promise<CommandResult> =>
    meantForSame(await found.command.run({ plugin, args: found.args, options, runtime: at, facts }), options);
  if (options.boolean('watch')) {
    const { watch } = await import('./watch/watch.ts');
    return watch({ command: found.command, ask, options, runtime, world });
  }
  const facts = openFactSource(options, runtime, world);
  try {
    const result = await ask(facts, runtime);
    // After Ctrl-C nothing more is said: the status 130 has been given.
    if (runtime.signal.aborted) return 130;
    return await printResult(result, options, runtime);
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
