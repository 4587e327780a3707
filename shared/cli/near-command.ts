import type { Plugin } from './command.ts';
import { nearestWords } from './nearest.ts';

/** The command whose name is nearest to a word; undefined when none is near. */
export function nearCommand(plugin: Plugin, word: string): string | undefined {
  return nearestWords(word, commandNames(plugin), 1)[0];
}

/** The names of the commands that help shows. */
export function commandNames(plugin: Plugin): readonly string[] {
  return plugin.commands.filter((command) => command.hidden !== true).map(({ name }) => name);
}
