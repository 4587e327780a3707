import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { breakingFiles, longFirst } from './breaking-files.ts';

it('lists the files that break clusters, long ones first and each once', async () => {
  const files = await breakingFiles();
  expect(files.slice(0, 3)).toEqual([
    'test/e2e/netdns-faults.test.ts',
    'test/e2e/netcni-faults.test.ts',
    'test/kit/faults.test.ts',
  ]);
  expect(files).toContain('test/cluster/cluster.test.ts');
  expect(files).not.toContain('test/e2e/netsvc-faults.test.ts');
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

it('puts those that it does not know after them, by name', () => {
  expect(longFirst(['test/z.test.ts', 'test/a.test.ts', 'test/kit/faults.test.ts'])).toEqual([
    'test/kit/faults.test.ts',
    'test/a.test.ts',
    'test/z.test.ts',
  ]);
});
