import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { runCli } from '../../shared/testing/run-cli.ts';

const README = readFileSync('plugins/netsvc/README.md', 'utf8');

/** Every `$ kubectl netsvc …` of the page with the output below it. */
const examples = [...README.matchAll(/```console\n\$ kubectl netsvc ([^\n]+)\n([\s\S]*?)```/g)].map(
  ([, line = '', output = '']) => ({ line, output }),
);

describe('README of netsvc', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(4);
  });

  it.each(examples)('runs: $line', async ({ line, output }) => {
    const run = await runCli(netsvc, line);
    expect(run.exit).not.toBe(2);
    // A line of … stands for any lines, a … in a line for any letters.
    const pattern = output
      .split('…\n')
      .map((part) => part.split('…').map(escaped).join('[^\\n]*'))
      .join('[\\s\\S]*');
    expect(run.stdout).toMatch(new RegExp(`^${pattern}`));
  });

  it('names every command', () => {
    for (const { name, hidden } of netsvc.commands) {
      if (hidden !== true && name !== netsvc.defaultCommand)
        expect(README).toContain(`kubectl netsvc ${name}`.replace(' check', ''));
    }
  });

  it('links to files that exist', () => {
    const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => `plugins/netsvc/${path}`);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
