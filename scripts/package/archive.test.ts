import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { writeArchive } from './archive.ts';

const program = { name: 'kubectl-netsvc', from: Buffer.from('a program'), executable: true };
const license = { name: 'LICENSE', from: Buffer.from('a licence'), executable: false };

describe('an archive', () => {
  it.each(['a.tar.gz', 'a.zip'])('%s has the same bytes whenever and wherever it is packed', async (name) => {
    const files = tempFiles();
    const zone = process.env.TZ;
    try {
      await writeArchive(files.path(name), [program, license]);
      const before = readFileSync(files.path(name));
      process.env.TZ = 'Pacific/Kiritimati';
      await writeArchive(files.path(name), [program, license]);
      expect(readFileSync(files.path(name)).equals(before)).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
      files.remove();
    }
  });

  it('in tar keeps names, modes and owners for every tar', async () => {
    const files = tempFiles();
    try {
      await writeArchive(files.path('a.tar.gz'), [program, license]);
      const listed = execFileSync('tar', ['-tvzf', files.path('a.tar.gz'), '--numeric-owner'], { encoding: 'utf8' });
      expect(listed.split('\n')[0]).toMatch(/^-rwxr-xr-x 0\/0 +9 .*kubectl-netsvc$/);
      expect(listed.split('\n')[1]).toMatch(/^-rw-r--r-- 0\/0 +9 .*LICENSE$/);
    } finally {
      files.remove();
    }
  });

  it('in zip keeps names, modes and content', async () => {
    const files = tempFiles();
    try {
      await writeArchive(files.path('a.zip'), [program, license]);
      const listed = execFileSync('python3', ['-c', LIST_ZIP, files.path('a.zip')], { encoding: 'utf8' });
      expect(JSON.parse(listed)).toEqual([
        ['kubectl-netsvc', '0o100755', 'a program'],
        ['LICENSE', '0o100644', 'a licence'],
      ]);
    } finally {
      files.remove();
    }
  });
});

/** An independent reader. */
const LIST_ZIP = `import sys, json, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([[i.filename, oct(i.external_attr >> 16), z.read(i).decode()] for i in z.infolist()]))`;
