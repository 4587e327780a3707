import type { Runtime } from '../runtime/runtime.ts';
import type { Plugin } from './command.ts';
import type { World } from './world.ts';

/** Answers kubectl's completion protocol. */
export async function complete(
  plugin: Plugin,
  words: readonly string[],
  _runtime: Runtime,
  _world: World,
): Promise<string> {
  const last = words.at(-1) ?? '';
  const names = plugin.commands.filter((command) => command.hidden !== true).map((command) => command.name);
  return `${names.filter((name) => name.startsWith(last)).join('\n')}\n:4\n`;
}
