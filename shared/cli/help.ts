import { wrap } from '../util/text.ts';
import type { Command, Option, Plugin } from './command.ts';
import { optionsOf } from './option-groups.ts';

const WIDTH = 80;

/** The help of the plugin as a whole: what it is for, its commands, examples. */
export function pluginHelp(plugin: Plugin, version: string): string {
  const call = `kubectl ${plugin.name}`;
  const shown = plugin.commands.filter((command) => command.hidden !== true);
  const main = shown.find((command) => command.name === plugin.defaultCommand);
  const lines = [
    `${call} ${version}`,
    ...wrap(plugin.summary, WIDTH),
    '',
    'Usage',
    ...shown.flatMap((command) => twoColumns(usageOf(plugin, command), command.summary, 34)),
    '',
    'Examples',
    ...(main?.examples ?? []).flatMap(exampleLines),
    '',
    ...wrap(`Flags of a command: ${call} COMMAND --help`, WIDTH),
    'Exit status: 0 healthy, 1 faults found, 2 wrong usage, 3 could not tell,',
    '130 interrupted.',
  ];
  return `${lines.join('\n')}\n`;
}

/** The help of one command with all its flags, grouped. */
export function commandHelp(plugin: Plugin, command: Command): string {
  const lines = [...wrap(command.summary, WIDTH), '', 'Usage', `  ${usageOf(plugin, command)} [flags]`];
  if (command.about !== undefined) lines.push('', ...wrap(command.about, WIDTH));
  if (command.examples !== undefined && command.examples.length > 0) {
    lines.push('', 'Examples', ...command.examples.flatMap(exampleLines));
  }
  for (const [group, options] of grouped(optionsOf(command))) {
    lines.push('', group, ...options.flatMap((option) => twoColumns(flagOf(option), option.describe, 28)));
  }
  return `${lines.join('\n')}\n`;
}

function usageOf(plugin: Plugin, command: Command): string {
  const name = command.name === plugin.defaultCommand ? '' : ` ${command.name}`;
  return `kubectl ${plugin.name}${name}${command.usage === undefined ? '' : ` ${command.usage}`}`;
}

function exampleLines(example: { readonly line: string; readonly says: string }): readonly string[] {
  return [...wrap(`# ${example.says}`, WIDTH, '  '), `  ${example.line}`];
}

function grouped(options: readonly Option[]): ReadonlyMap<string, readonly Option[]> {
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    if (option.hidden === true) continue;
    const title = option.group ?? 'Flags';
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return groups;
}

function flagOf(option: Option): string {
  const short = option.alias === undefined ? '    ' : `-${option.alias}, `;
  const value = option.type === 'boolean' ? '' : ` ${option.value ?? (option.type === 'number' ? 'N' : 'VALUE')}`;
  return `${short}--${option.name}${value}`;
}

function twoColumns(left: string, right: string, column: number): readonly string[] {
  const start = `  ${left}`;
  const [first = '', ...more] = wrap(right, WIDTH - column);
  const rest = more.map((line) => ' '.repeat(column) + line);
  if (start.length > column - 2) return [start, ' '.repeat(column) + first, ...rest];
  return [start.padEnd(column) + first, ...rest];
}
