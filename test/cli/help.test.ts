import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { findCommand } from '../../shared/cli/find-command.ts';
import { parseOptions } from '../../shared/cli/parse-options.ts';
import { runCli } from '../../shared/testing/run-cli.ts';

const shown = netsvc.commands.filter((command) => command.hidden !== true);
const pages = ['--help', ...shown.map((command) => `${command.name} --help`)];

describe('help', () => {
  it.each(pages)('%s fits 80 columns and ends with exit status 0', async (line) => {
    const run = await runCli(netsvc, line);
    expect(run.exit).toBe(0);
    expect(run.stderr).toBe('');
    expect(run.stdout.split('\n').filter((text) => text.length > 80)).toEqual([]);
  });

  it('of the plugin names every command and the exit statuses', async () => {
    const { stdout } = await runCli(netsvc, '--help');
    for (const { name, summary } of shown) {
      if (name !== netsvc.defaultCommand) expect(stdout).toContain(`kubectl netsvc ${name}`);
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary);
    }
    expect(stdout).toContain('Exit status: 0 healthy, 1 faults found, 2 wrong usage, 3 could not tell');
  });

  it.each(['check --help', 'help check', '--help check', 'check -h -n shop'])('is given for %s', async (line) => {
    const { stdout } = await runCli(netsvc, line);
    expect(stdout).toContain('kubectl netsvc check [flags]');
    expect(stdout).toContain('--fail-on SEVERITY');
    expect(stdout).toContain('--kubeconfig FILE');
  });

  it('of a command that reads no facts leaves out what it does not take', async () => {
    const { stdout } = await runCli(netsvc, 'explain --help');
    expect(stdout).not.toContain('--snapshot');
    expect(stdout).not.toContain('--kubeconfig');
  });

  it.each(shown.flatMap((command) => (command.examples ?? []).map(({ line }) => line)))(
    'shows an example that is understood: %s',
    (line) => {
      if (!line.startsWith('kubectl netsvc')) return;
      const words = line.split(' >')[0]?.split(' ').slice(2) ?? [];
      const found = findCommand(netsvc, words);
      expect(() => parseOptions(found.flags, found.options)).not.toThrow();
    },
  );

  it('tells the version', async () => {
    const run = await runCli(netsvc, '--version');
    expect(run).toEqual({ stdout: expect.stringMatching(/^kubectl netsvc \d+\.\d+\.\d+/), stderr: '', exit: 0 });
  });
});
