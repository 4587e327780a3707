import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { dump, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { krewManifest } from '../../scripts/package/krew-manifest.ts';
import { judgeManifest } from '../../scripts/package/krew-rules.ts';
import { archiveName, PLATFORMS, platformName } from '../../scripts/package/platforms.ts';
import { programPath } from '../../scripts/package/program-path.ts';
import { tempFiles } from '../../shared/testing/temp-files.ts';
import { because, cannotRun, NAMES, platform } from './packaged.ts';

const OUT = resolve('out/package');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly platforms: readonly {
      readonly selector: { readonly matchLabels: { readonly os: string; readonly arch: string } };
      readonly uri: string;
      readonly sha256: string;
    }[];
  };
}

describe.each(NAMES)('the krew manifest of %s', (plugin) => {
  const path = `krew-manifests/${plugin}.yaml`;

  it('in the repository is one that krew takes, for all five platforms', () => {
    const text = readFileSync(path, 'utf8');
    expect(judgeManifest(path, text)).toEqual({ errors: [], warnings: [] });
    const { spec } = load(text) as Manifest;
    expect(spec.platforms.map(({ selector }) => platformName(selector.matchLabels as never))).toEqual(
      PLATFORMS.map(platformName),
    );
    for (const [at, { uri }] of spec.platforms.entries()) {
      expect(uri).toContain(`/${spec.version}/${archiveName(plugin, spec.version.slice(1), PLATFORMS[at] as never)}`);
    }
  });

  it('is one that krew takes whatever the version and checksums', () => {
    const artefacts = PLATFORMS.map((one) => ({ plugin, platform: one, sha256: 'ab'.repeat(32) }));
    const places = { homepage: 'https://example.com', releases: 'https://example.com/releases' };
    for (const next of ['0.0.1', '12.3.4', '1.0.0-rc.1']) {
      const text = krewManifest({ plugin, version: next, ...places }, artefacts);
      expect(judgeManifest(path, text)).toEqual({ errors: [], warnings: [] });
    }
  });
});

const archives = NAMES.map((plugin) => resolve(OUT, archiveName(plugin, version, platform('linux/amd64'))));
const unbuilt = archives.some((path) => !existsSync(path)) ? 'no archives in out/package: npm run package' : undefined;

describe.skipIf(unbuilt !== undefined)(`the archives${because(unbuilt)}`, () => {
  it('have the checksums of SHA256SUMS and of their manifests', () => {
    const lines = readFileSync(resolve(OUT, 'SHA256SUMS'), 'utf8').trim().split('\n');
    const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
    for (const [name, sum] of sums) {
      expect(
        createHash('sha256')
          .update(readFileSync(resolve(OUT, name)))
          .digest('hex'),
      ).toBe(sum);
    }
    for (const plugin of NAMES) {
      const { spec } = load(readFileSync(resolve(OUT, `krew-manifests/${plugin}.yaml`), 'utf8')) as Manifest;
      for (const { uri, sha256 } of spec.platforms) expect(sums.get(uri.split('/').at(-1) ?? '')).toBe(sha256);
    }
  });

  it('hold the program, the hook for completion and every licence', async () => {
    for (const [at, path] of archives.entries()) {
      const { stdout } = await execa('tar', ['-tzf', path]);
      const plugin = NAMES[at];
      const wanted = [`kubectl-${plugin}`, `kubectl_complete-${plugin}`, 'LICENSE', 'THIRD_PARTY_NOTICES'];
      expect(stdout.split('\n')).toEqual(wanted);
    }
  });
});

const krew = programPath('kubectl-krew') ?? programPath('krew');
const noKrew = krew === undefined ? 'no krew binary is on PATH' : (cannotRun() ?? unbuilt);

/** Offline: krew reads a custom index from a Git repository made here, and the archives from the disk. */
describe.skipIf(noKrew !== undefined)(`krew${because(noKrew)}`, () => {
  it('installs, runs and removes all four from a custom index', { timeout: 300_000 }, async () => {
    const files = tempFiles();
    try {
      const env = {
        KREW_ROOT: files.path('root'),
        PATH: `${files.path('root/bin')}:${files.path('bin')}:${process.env.PATH}`,
      };
      files.write('bin/.keep', '');
      symlinkSync(krew ?? '', files.path('bin/kubectl-krew'));
      for (const plugin of NAMES) {
        const manifest = load(readFileSync(resolve(OUT, `krew-manifests/${plugin}.yaml`), 'utf8')) as Manifest;
        files.write(`index/plugins/${plugin}.yaml`, '');
        writeFileSync(files.path(`index/plugins/${plugin}.yaml`), dump(manifest));
      }
      const git = async (...words: string[]) =>
        await execa('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...words], {
          cwd: files.path('index'),
        });
      await git('init', '-q');
      await git('add', '.');
      await git('commit', '-qm', 'index');
      const ask = async (...words: string[]) => await execa('kubectl', ['krew', ...words], { env });
      await ask('index', 'add', 'net', `file://${files.path('index')}`);
      for (const [at, plugin] of NAMES.entries()) {
        await ask('install', `--manifest=${files.path(`index/plugins/${plugin}.yaml`)}`, `--archive=${archives[at]}`);
        const run = await execa('kubectl', [plugin, 'version', '--client'], { env });
        expect(run.stdout).toContain(`kubectl-${plugin} ${version}`);
      }
      expect((await ask('list')).stdout).toMatch(/netsvc/);
      for (const plugin of NAMES) {
        await ask('uninstall', plugin);
        expect(existsSync(files.path(`root/bin/kubectl-${plugin}`))).toBe(false);
      }
    } finally {
      files.remove();
    }
  });
});
