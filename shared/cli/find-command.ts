import type { Command, Option, Plugin } from './command.ts';
import { UsageError } from './command.ts';
import { optionsOf } from './option-groups.ts';
import type { Flag } from './split-arguments.ts';
import { splitArguments } from './split-arguments.ts';

/** What a command line asks for. */
export interface Invocation {
  readonly command: Command;
  /** The words after the command's name. */
  readonly args: readonly string[];
  readonly flags: readonly Flag[];
  readonly options: readonly Option[];
  readonly help: boolean;
  /** True when the user named no command. */
  readonly implied: boolean;
}

/**
 * Finds the command: the first word when it is a command's name, else the plugin's default, or its bare command when
 * there is no word at all. Flags may stand anywhere. Throws a UsageError for flags that the command does not take.
 */
export function findCommand(plugin: Plugin, argv: readonly string[]): Invocation {
  const { words, flags } = splitArguments(argv, allOptions(plugin));
  const wantsHelp = flags.some((flag) => flag.option.name === 'help') || words[0] === 'help';
  const rest = words[0] === 'help' ? words.slice(1) : words;
  const named = plugin.commands.find((command) => command.name === rest[0]);
  const fallback = rest.length === 0 && bareTakes(plugin, flags) ? plugin.bareCommand : plugin.defaultCommand;
  const command = named ?? plugin.commands.find((candidate) => candidate.name === fallback);
  if (command === undefined) throw new Error(`plugin ${plugin.name} has no command ${fallback}`);
  const options = optionsOf(command);
  if (!wantsHelp) checkFlags(plugin, command, flags, options);
  return {
    command,
    args: named === undefined ? rest : rest.slice(1),
    flags: flags.map((flag) => ({
      ...flag,
      option: options.find((own) => own.name === flag.option.name) ?? flag.option,
    })),
    options,
    help: wantsHelp,
    implied: named === undefined,
  };
}

/** Whether the command that runs without any word takes these flags; `-l app=web` alone can be the target of another. */
function bareTakes(plugin: Plugin, flags: readonly Flag[]): boolean {
  const names = (name: string): ReadonlySet<string> => {
    const command = plugin.commands.find((candidate) => candidate.name === name);
    return new Set(command === undefined ? [] : optionsOf(command).map((option) => option.name));
  };
  const [bare, other] = [names(plugin.bareCommand), names(plugin.defaultCommand)];
  return flags.every(({ option }) => bare.has(option.name) || !other.has(option.name));
}

/** Every option of every command once; the names mean the same everywhere, so that a line can be read before its command is known. */
function allOptions(plugin: Plugin): readonly Option[] {
  const byName = new Map<string, Option>();
  for (const command of plugin.commands) {
    for (const option of optionsOf(command)) {
      const known = byName.get(option.name);
      if (known === undefined || (known.alias === undefined && option.alias !== undefined)) {
        byName.set(option.name, option);
      }
    }
  }
  return [...byName.values()];
}

function checkFlags(plugin: Plugin, command: Command, flags: readonly Flag[], options: readonly Option[]): void {
  for (const { option } of flags) {
    if (options.some((own) => own.name === option.name)) continue;
    const takers = plugin.commands
      .filter((other) => other.hidden !== true && optionsOf(other).some((own) => own.name === option.name))
      .map((other) => other.name);
    throw new UsageError(
      `${command.name} does not take --${option.name}`,
      takers.length === 0 ? '' : `It belongs to: ${takers.join(', ')}.`,
    );
  }
}
