import { describe, expect, it } from 'vitest';
import { PLUGINS } from './plugins.ts';

/** Flags may stand before the name of the command, so that they are read before the command is known. */
describe.each(PLUGINS)('the flags of $name', ({ plugin }) => {
  it('mean the same kind of value in every command', () => {
    const takes = new Map<string, string>();
    const clashes = plugin.commands.flatMap((command) =>
      (command.options ?? []).flatMap(({ name, alias, type }) =>
        [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])].flatMap((flag) => {
          const here = `${type === 'boolean' ? 'no value' : 'a value'}${flag.startsWith('--') ? '' : ` (--${name})`}`;
          const known = takes.get(flag) ?? here;
          takes.set(flag, known);
          return known === here ? [] : [`${command.name} ${flag}: ${here}, elsewhere ${known}`];
        }),
      ),
    );
    expect(clashes).toEqual([]);
  });
});
