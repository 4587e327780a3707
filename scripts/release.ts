/**
 * Makes a release of all four plugins:
 *   npm run release -- minor            # or patch, major, prerelease, or a version such as 1.2.3
 *   npm run release -- minor --dry-run  # says what it would do
 * In this order: version in package.json, heading in CHANGELOG.md, all artefacts in out/package, krew-manifests/, one commit
 * and the tag vVERSION. Nothing leaves this machine; the last lines say what to push and upload.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { suiteVersion } from './bundle-plugin.ts';
import { pluginNames } from './package/build-binaries.ts';
import { nextVersion, releaseChangelog } from './package/next-version.ts';
import { readFlags } from './read-flags.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = readFlags({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean', default: false }, date: { type: 'string' } },
});

try {
  await release(positionals[0] ?? '', values.date ?? new Date().toISOString().slice(0, 10));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function release(asked: string, date: string): Promise<void> {
  const version = nextVersion(await suiteVersion(root), asked);
  const changelog = releaseChangelog(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version, date);
  const steps = [
    `package.json, package-lock.json: version ${version}`,
    `CHANGELOG.md: "Unreleased" becomes "${version} - ${date}"`,
    'npm run package: archives for five platforms, image, checksums, bills of materials',
    `krew-manifests/*.yaml: v${version} and the new checksums`,
    `a commit, and the tag v${version}`,
  ];
  if (values['dry-run']) return say(...steps.map((step) => `would  ${step}`));
  const { stdout: changed } = await git('status', '--porcelain');
  if (changed !== '') throw new Error('the work tree has changes that are not committed; commit or stash them first');
  const { stdout: tags } = await git('tag', '--list', `v${version}`);
  if (tags !== '') throw new Error(`the tag v${version} is there already; choose another version`);

  await execa('npm', ['version', version, '--no-git-tag-version', '--allow-same-version', '--silent'], { cwd: root });
  await writeFile(join(root, 'CHANGELOG.md'), changelog);
  await execa('node', ['scripts/package.ts'], { cwd: root, preferLocal: true, stdout: 'inherit', stderr: 'inherit' });
  await mkdir(join(root, 'krew-manifests'), { recursive: true });
  for (const plugin of await pluginNames(root)) {
    const file = join('krew-manifests', `${plugin}.yaml`);
    await copyFile(join(root, 'out', 'package', file), join(root, file));
  }
  await git('add', 'package.json', 'package-lock.json', 'CHANGELOG.md', 'krew-manifests');
  await git('commit', '-m', `Release ${version}`);
  await git('tag', '-a', `v${version}`, '-m', `kubectl-net ${version}`);
  say(
    `\nReleased ${version} here. To make it public:`,
    '  git push --follow-tags',
    `  upload out/package/*.tar.gz, *.zip, *.json, *_image.tar and SHA256SUMS to the release v${version}`,
    '  copy krew-manifests/*.yaml into plugins/ of the index (CONTRIBUTING.md, "Release")',
    `To take it back before that:  git tag -d v${version} && git reset --hard HEAD~1`,
  );
}

async function git(...words: string[]): Promise<{ readonly stdout: string }> {
  return await execa('git', words, { cwd: root });
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
