import { describe, expect, it } from 'vitest';
import { pluginCode } from '../../scripts/package/build-binaries.ts';
import { makeCodeCache, runnerFor } from '../../scripts/package/code-cache.ts';
import { nodeBase } from '../../scripts/package/node-base.ts';
import { seaMain } from '../../scripts/package/sea-program.ts';
import { because, cannotRun, platform } from './packaged.ts';

const reason = cannotRun([]);

describe('a build', () => {
  it('makes the same program from the same sources', async () => {
    const options = { root: process.cwd(), version: '1.2.3' };
    const [first] = await pluginCode(['netdns'], options);
    const [second] = await pluginCode(['netdns'], options);
    expect(second?.parts).toEqual(first?.parts);
    expect(seaMain(first === undefined ? [] : [first])).toBe(seaMain(second === undefined ? [] : [second]));
  });

  it.skipIf(reason !== undefined)(`makes the same code cache${because(reason)}`, async () => {
    const target = platform('linux/amd64');
    const runner = runnerFor(target);
    const [code] = await pluginCode(['netdns'], { root: process.cwd(), version: '1.2.3' });
    if (runner === undefined || code === undefined) throw new Error('cannot be: this is linux/amd64');
    const node = await nodeBase(target);
    const first = await makeCodeCache(code.parts, node, runner, process.cwd());
    const second = await makeCodeCache(code.parts, node, runner, process.cwd());
    expect(second?.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    expect(second?.places).toEqual(first?.places);
    expect(first?.bytes.length).toBeGreaterThan(10_000);
  });
});
