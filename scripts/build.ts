/**
 * Bundles every plugin that has a main.ts into dist/kubectl-NAME, and writes kubectl's completion script beside it.
 * `node scripts/build.ts [NAME …]`
 */

import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { completionHook } from '../shared/cli/completion-hook.ts';
import { bundlePlugin, suiteVersion } from './bundle-plugin.ts';

const root = join(import.meta.dirname, '..');
const version = await suiteVersion(root);
const asked = process.argv.slice(2);
const names = (await readdir(join(root, 'plugins')))
  .filter((name) => existsSync(join(root, 'plugins', name, 'main.ts')))
  .filter((name) => asked.length === 0 || asked.includes(name))
  .sort();

// The bundles are CommonJS, whatever the folders above say.
await mkdir(join(root, 'dist'), { recursive: true });
await writeFile(join(root, 'dist', 'package.json'), '{ "type": "commonjs" }\n');

for (const name of names) {
  const outFile = join(root, 'dist', `kubectl-${name}`);
  const { bytes } = await bundlePlugin({
    folder: join(root, 'plugins', name),
    outFile,
    version,
    metaFile: join(root, 'dist', 'meta', `kubectl-${name}.json`),
  });
  const hook = join(root, 'dist', `kubectl_complete-${name}`);
  await writeFile(hook, completionHook(name));
  await chmod(hook, 0o755);
  process.stdout.write(`dist/kubectl-${name}  ${bytes} bytes\n`);
}
