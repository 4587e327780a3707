import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What the bundle loads lazily only works if it was bundled rightly: each such path is walked once in the real file. */
describe('the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-net-bundle-'));
  const facts = 'test/scenarios/selector-relabelled-in-release/facts';
  const ask = async (...words: string[]) =>
    await execa('node', ['dist/kubectl-netsvc', ...words], { preferLocal: true, reject: false });

  beforeAll(async () => {
    await execa('node', ['scripts/build.ts', 'netsvc'], { preferLocal: true });
    await execa('tar', ['-czf', join(folder, 'facts.tar.gz'), facts]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a folder of YAML', async () => {
    const run = await ask('payment-service', '-n', 'shop', '--snapshot', facts);
    expect(run.stdout).toContain('tier=backend');
    expect(run.exitCode).toBe(1);
  });

  it('reads a tar archive', async () => {
    const run = await ask('payment-service', '-n', 'shop', '--snapshot', join(folder, 'facts.tar.gz'));
    expect(run.stdout).toContain('tier=backend');
  });

  it.each(['json', 'yaml', 'markdown', 'html', 'wide', 'name'])('prints %s', async (format) => {
    const run = await ask('payment-service', '-n', 'shop', '--snapshot', facts, '-o', format);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('payment-service');
  });

  it.each([
    ['--help'],
    ['explain', 'SVC101'],
    ['completion'],
    ['version', '--client'],
    ['check', '--snapshot', facts],
    ['endpoints', 'payment-service', '--snapshot', facts],
    ['path', 'payment-service', '--snapshot', facts],
  ])('runs %s', async (...words) => {
    const run = await ask(...words);
    expect(run.stderr).toBe('');
    expect(run.stdout).not.toBe('');
  });
});
