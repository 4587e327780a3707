import { shellQuote, wrap } from '../util/text.ts';
import type { Command, Option, Plugin } from './command.ts';
import { UsageError } from './command.ts';
import { kindOfAnyWord } from './kind-words.ts';
import { nearCommand } from './near-command.ts';
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
  if (!wantsHelp) {
    if (named === undefined) refuseVerb(plugin, argv, rest);
    checkFlags(plugin, command, flags, options, named === undefined);
  }
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

/** The command that a word may have been meant for which was taken for a name, as a line to paste; else empty. */
export function commandMeant(plugin: Plugin, { implied, args }: Invocation): string {
  const [word = '', ...more] = args;
  if (!implied || more.length > 0 || word === '') return '';
  const near = nearCommand(plugin, word);
  return near === undefined ? '' : `If ${word} was meant as a command: kubectl ${plugin.name} ${near}`;
}

/** Words that stand before a name in lines of kubectl. */
const VERBS: readonly string[] = ['get', 'describe', 'show', 'list', 'check', 'diagnose', 'debug', 'logs', 'top'];

/** `get svc web` is typed by hand; the line that was meant is told. One such word alone may be a name. */
function refuseVerb(plugin: Plugin, argv: readonly string[], words: readonly string[]): void {
  const [verb = '', ...names] = words;
  if (names.length === 0 || !VERBS.includes(verb) || names.includes('to')) return;
  // `get pods`, `get netpol`: all of them are meant.
  const all = names.length === 1 && kindOfAnyWord(names[0] ?? '') !== undefined;
  const dropped = new Set(all ? words : [verb]);
  const kept = argv.filter((word) => !dropped.delete(word));
  throw new UsageError(
    `${verb} is no command of kubectl ${plugin.name}`,
    `Leave it out: ${['kubectl', plugin.name, ...kept.map(shellQuote)].join(' ')}`,
  );
}

function checkFlags(
  plugin: Plugin,
  command: Command,
  flags: readonly Flag[],
  options: readonly Option[],
  implied: boolean,
): void {
  for (const { option } of flags) {
    if (options.some((own) => own.name === option.name)) continue;
    const takers = plugin.commands
      .filter((other) => other.hidden !== true && optionsOf(other).some((own) => own.name === option.name))
      .map((other) => `kubectl ${plugin.name} ${other.name}`);
    const belongs = takers.length === 0 ? '' : wrap(`It belongs to: ${takers.join(', ')}`, 80).join('\n');
    const named = ['target', 'service', 'pod'].includes(command.completes ?? '');
    throw new UsageError(
      `${implied ? `kubectl ${plugin.name} ${command.usage ?? ''}`.trim() : command.name} does not take --${option.name}`,
      option.name === 'all-namespaces' && named
        ? `A name is looked for in one namespace: -n NAMESPACE\n${belongs}`
        : belongs,
    );
  }
}
