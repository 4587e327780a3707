import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../shared/testing/run-cli.ts';
import { PLUGINS } from '../contract/plugins.ts';

describe.each(PLUGINS)('README of $name', ({ name, plugin }) => {
  const page = readFileSync(`plugins/${name}/README.md`, 'utf8');
  /** Every `$ kubectl NAME …` of the page with the output below it. */
  const examples = [
    ...page.matchAll(new RegExp(`\`\`\`console\\n\\$ kubectl ${name} ([^\\n]+)\\n([\\s\\S]*?)\`\`\``, 'g')),
  ].map(([, line = '', output = '']) => ({ line, output }));

  it.each(examples)('runs: $line', async ({ line, output }) => {
    const run = await runCli(plugin, line);
    expect(run.exit).not.toBe(2);
    // A line of … stands for any lines, a … in a line for any letters.
    const pattern = output
      .split('…\n')
      .map((part) => part.split('…').map(escaped).join('[^\\n]*'))
      .join('[\\s\\S]*');
    expect(run.stdout).toMatch(new RegExp(`^${pattern}`));
  });

  it('names every command', () => {
    const named = plugin.commands.filter(
      (command) => command.hidden !== true && ![plugin.defaultCommand, plugin.bareCommand].includes(command.name),
    );
    expect(named.map((command) => command.name).filter((word) => !page.includes(`kubectl ${name} ${word}`))).toEqual(
      [],
    );
  });

  it('links to files that exist', () => {
    const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => `plugins/${name}/${path}`);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
