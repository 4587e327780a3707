/**
 * Builds the single binaries, their archives, checksums, bills of materials and krew manifests into out/package:
 *   npm run package [-- --platform linux/amd64 …] [--plugin netsvc …] [--binaries] [--add] [--with-pkg]
 * Without words all plugins for all platforms. `--binaries` stops before the archives, `--add` keeps what an earlier run
 * made, `--with-pkg` builds the binaries in the second way (see package/RATIONALE.md).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { suiteVersion } from './bundle-plugin.ts';
import { buildBinaries, pluginCode, pluginNames } from './package/build-binaries.ts';
import { PLATFORMS, platformName } from './package/platforms.ts';
import { buildAllWithPkg } from './package/with-pkg.ts';
import { writeRelease } from './package/write-release.ts';
import { readFlags } from './read-flags.ts';

const root = join(import.meta.dirname, '..');
const { values } = readFlags({
  options: {
    platform: { type: 'string', multiple: true, default: [] },
    plugin: { type: 'string', multiple: true, default: [] },
    binaries: { type: 'boolean', default: false },
    add: { type: 'boolean', default: false },
    'with-pkg': { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, 'out', 'package') },
  },
});
const known = await pluginNames(root);
const platforms = PLATFORMS.filter(
  (platform) => values.platform.length === 0 || values.platform.includes(platformName(platform)),
);
refuse('platform', values.platform, PLATFORMS.map(platformName));
refuse('plugin', values.plugin, known);

const plugins = known.filter((name) => values.plugin.length === 0 || values.plugin.includes(name));
const options = {
  root,
  version: await suiteVersion(root),
  folder: join(values.out, 'bin'),
  say: (line: string) => void process.stdout.write(`${line}\n`),
};
if (!values.add) await rm(values.out, { recursive: true, force: true });
const code = await pluginCode(plugins, options);
for (const platform of platforms) {
  if (values['with-pkg']) await buildAllWithPkg(plugins, platform, options);
  else await buildBinaries(code, platform, plugins.length === known.length, options);
}
if (!values.binaries) await writeRelease(code, platforms, values.out, options);

function refuse(what: string, asked: readonly string[], all: readonly string[]): void {
  const wrong = asked.find((word) => !all.includes(word));
  if (wrong === undefined) return;
  process.stderr.write(`error: no ${what} is called ${wrong}; there are ${all.join(', ')}\n`);
  process.exit(2);
}
