import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeImage } from '../../scripts/package/image.ts';
import { imagePrograms, imageRoot } from '../../scripts/package/image-root.ts';
import { programPath } from '../../scripts/package/program-path.ts';
import { type TempFiles, tempFiles } from '../../shared/testing/temp-files.ts';
import { because, binary, cannotRun, NAMES, platform } from './packaged.ts';

const reason = cannotRun(['net']);
const noRoot =
  process.getuid?.() === 0 && programPath('chroot') !== undefined ? undefined : 'only root may enter another root';

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** The image apart from any runtime: its frame by the OCI specification, and its root entered as nobody. */
describe.skipIf(reason !== undefined)(`the container image${because(reason)}`, () => {
  let files: TempFiles;

  beforeAll(async () => {
    files = tempFiles();
    const amd64 = platform('linux/amd64');
    const layers = [imageRoot(amd64), imagePrograms(readFileSync(binary('net')), NAMES, Buffer.from('notices'))];
    const options = { name: 'kubectl-net:1.2.3', version: '1.2.3', homepage: 'https://example.com' };
    await writeImage(files.path('image.tar'), [{ platform: amd64, layers }], options);
    mkdirSync(files.path('layout'));
    await execa('tar', ['-xf', files.path('image.tar'), '-C', files.path('layout')]);
  });
  afterAll(() => files.remove());

  const json = (path: string) => JSON.parse(readFileSync(files.path(join('layout', path)), 'utf8'));
  const blob = ({ digest }: Descriptor): string => join('blobs/sha256', digest.slice('sha256:'.length));
  const manifest = () => json(blob(json('index.json').manifests[0])) as { config: Descriptor; layers: Descriptor[] };

  it('is an OCI layout whose every piece has the checksum and size that it is named by', () => {
    expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    const { config, layers } = manifest();
    for (const piece of [json('index.json').manifests[0], config, ...layers]) {
      const content = readFileSync(files.path(join('layout', blob(piece))));
      expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(piece.digest);
      expect(content.length).toBe(piece.size);
    }
  });

  it('names its layers as they are when unpacked, runs as nobody and starts the program', () => {
    const { config, layers } = manifest();
    const content = json(blob(config));
    const plain = layers.map((layer) => gunzipSync(readFileSync(files.path(join('layout', blob(layer))))));
    expect(content.rootfs.diff_ids).toEqual(
      plain.map((bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`),
    );
    expect(content).toMatchObject({ os: 'linux', architecture: 'amd64' });
    expect(content.config).toMatchObject({ User: '65532:65532', Entrypoint: ['/usr/bin/kubectl-net'] });
  });

  it.skipIf(noRoot !== undefined)(`holds all that the programs need${because(noRoot)}`, async () => {
    const root = files.path('root');
    mkdirSync(root);
    for (const layer of manifest().layers) {
      await execa('tar', ['-xzf', files.path(join('layout', blob(layer))), '-C', root]);
    }
    expect(existsSync(join(root, 'bin/sh'))).toBe(false);
    for (const name of NAMES) {
      const run = await execa('chroot', ['--userspec=65532:65532', root, `/usr/bin/kubectl-${name}`, '--version']);
      expect(run.stdout).toContain(`kubectl ${name} `);
    }
    const words = ['--userspec=65532:65532', root, '/usr/bin/kubectl-net', 'netsvc', 'version', '--client'];
    expect((await execa('chroot', words)).stdout).toContain('kubectl-netsvc');
  });
});
