import { existsSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

describe('README', () => {
  it('shows what the demo really prints', { timeout: 120_000 }, async () => {
    const shown = /<!-- demo -->\n```\n([\s\S]*?)\n```/.exec(readme)?.[1];
    const run = await execa('npm', ['run', '-s', 'demo:run'], { preferLocal: true });
    expect(run.stdout.trimEnd()).toBe(shown);
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('gives a reason for every package that is shipped', () => {
    const { devDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies?: object };
    const names = Object.keys(devDependencies).filter((name) => !name.startsWith('@types/'));
    expect(names.filter((name) => !readme.includes(name))).toEqual([]);
  });
});
