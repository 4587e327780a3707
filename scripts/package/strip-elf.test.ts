import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { stripElf } from './strip-elf.ts';

const elf = process.platform === 'linux' ? undefined : 'programs here are no ELF files';

describe('a program without symbol tables', () => {
  it.skipIf(elf !== undefined)(`still runs, and is smaller${elf === undefined ? '' : ` (${elf})`}`, () => {
    const files = tempFiles();
    try {
      const node = readFileSync(process.execPath);
      const stripped = stripElf(node);
      expect(stripped.length).toBeLessThan(node.length);
      const path = files.write('node', stripped);
      execFileSync('chmod', ['+x', path]);
      expect(execFileSync(path, ['-p', 'process.version'], { encoding: 'utf8' }).trim()).toBe(process.version);
    } finally {
      files.remove();
    }
  });

  it.skipIf(elf !== undefined)('has nothing left to take away', () => {
    const once = stripElf(readFileSync(process.execPath));
    expect(stripElf(once).equals(once)).toBe(true);
  });

  it('refuses what is no ELF file', () => {
    expect(() => stripElf(Buffer.from('MZ this is a program for another system'))).toThrow('not a 64-bit');
  });
});
